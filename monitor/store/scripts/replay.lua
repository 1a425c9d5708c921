-- Queues a dead delivery again, in its place in its lane: behind what is being sent and what is older.
-- ARGV: layout, channel, lane, id, from when on it was owed, now, state (queued, or ambiguous: to be looked for first), blob.
-- Returns 1, or 0 when it is not dead.

local channel, lane, id, since, now, state, blob = unpack(ARGV, 2, 8)

local key = delivery_key(id)
local known = redis.call('HMGET', key, 'state', 'due', 'attempts')
if known[1] == state and known[2] == now then
  return 1 -- done before: the answer was lost on its way and the client asked again
end
if known[1] ~= 'dead' then
  return 0
end
leave('dead', channel, id, now)
redis.call('HSET', key, 'state', state, 'due', now, 'reason', '', 'blob', blob)
redis.call('HDEL', key, 'at', 'lane') -- and `since` is gone: it has its days again
redis.call('EXPIRE', key, layout.queued_ttl)

local queue, younger = lane_key(channel, lane), nil
for _, other in ipairs(redis.call('LRANGE', queue, 0, -1)) do
  local its = redis.call('HGET', delivery_key(other), 'state')
  local later = its and its ~= 'sending' and redis.call('ZSCORE', state_key(its, channel), other)
  if later and tonumber(later) > tonumber(since) then
    younger = other
    break
  end
end
if younger then
  redis.call('LINSERT', queue, 'BEFORE', younger, id)
else
  redis.call('RPUSH', queue, id)
end
redis.call('EXPIRE', queue, layout.queued_ttl)
enter(state, channel, id, since)
note(channel, lane, id, state, known[3], now, now, 'queued again by an operator')
if redis.call('LINDEX', queue, 0) == id then
  advance(channel, lane)
  redis.call('EXPIRE', prefix .. 'outbox:' .. channel, layout.queued_ttl)
end
return 1
