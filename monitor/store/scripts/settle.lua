-- How an attempt went. The attempt's number is its fencing token.
-- ARGV: layout, channel, lane, id, token, outcome (sent retry ambiguous dead), now,
--       due (of a retry: when again), reason, receipt (of one sent, or empty).
-- Returns 1, or 0 when the lease was lost and another attempt begun.

local channel, lane, id, token, outcome = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local now, due, reason, receipt = ARGV[7], ARGV[8], ARGV[9], ARGV[10]

local key = delivery_key(id)
local known = redis.call('HMGET', key, 'attempts', 'state')
if known[1] ~= token then
  return 0
end
if known[2] == outcome then
  return 1 -- said before: the answer was lost on its way and the client asked again
end
if known[2] ~= 'sending' then
  return 0
end

-- Takes away before it adds: a server whose memory is full refuses a script whose first write takes more of it.
local since = leave('sending', channel, id, now)
if outcome == 'retry' or outcome == 'ambiguous' then
  redis.call('HSET', key, 'state', outcome, 'due', due, 'reason', reason)
  enter(outcome, channel, id, since)
else
  redis.call('LPOP', lane_key(channel, lane))
  local blob = redis.call('HGET', key, 'blob')
  redis.call('DEL', key)
  redis.call('HSET', key, 'state', outcome, 'attempts', token, 'at', now, 'channel', channel, 'reason', reason)
  redis.call('EXPIRE', key, layout.settled_ttl)
  if outcome == 'dead' then
    redis.call('HSET', key, 'lane', lane, 'blob', blob)
    redis.call('EXPIRE', key, layout.queued_ttl)
    enter('dead', channel, id, now)
    local oldest = redis.call('ZREVRANGE', state_key('dead', channel), layout.most_dead, -1)
    for _, old in ipairs(oldest) do
      redis.call('ZREM', state_key('dead', channel), old)
      redis.call('HDEL', delivery_key(old), 'blob', 'lane')
      redis.call('EXPIRE', delivery_key(old), layout.settled_ttl)
    end
  end
end
local root = prefix .. 'receipt:' .. channel .. ':' .. lane
if receipt ~= '' then
  redis.call('SET', root, receipt, 'NX')
end
redis.call('EXPIRE', root, layout.receipt_ttl)
note(channel, lane, id, outcome, token, now, due, reason)
advance(channel, lane)
return 1
