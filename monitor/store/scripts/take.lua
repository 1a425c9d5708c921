-- The next due delivery of a channel, hidden from others until the lease ends.
-- ARGV: layout, channel, now, lease.
-- Returns lane, id, blob, attempts begun with this one (the fencing token), when the
-- first began, whether an earlier one may have been accepted, the lane's receipt; or nil.

local channel, now, lease = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local outbox = prefix .. 'outbox:' .. channel

if tonumber(redis.call('GET', prefix .. 'pause:' .. channel) or 0) > now then
  return nil
end
while true do
  local lane = redis.call('ZRANGEBYSCORE', outbox, '-inf', now, 'LIMIT', 0, 1)[1]
  if not lane then
    return nil
  end
  local id, due = advance(channel, lane)
  if id and due <= now then
    local key = delivery_key(id)
    -- Still `sending`: the lease ended and nobody said how it went.
    local state = redis.call('HGET', key, 'state')
    local token = redis.call('HINCRBY', key, 'attempts', 1)
    redis.call('HSET', key, 'state', 'sending')
    redis.call('HSETNX', key, 'since', ARGV[3])
    redis.call('ZADD', outbox, now + lease, lane)
    enter('sending', channel, id, leave(state, channel, id, ARGV[3]))
    note(channel, lane, id, 'sending', token, ARGV[3], 0, '')
    return {
      lane,
      id,
      redis.call('HGET', key, 'blob'),
      token,
      redis.call('HGET', key, 'since'),
      (state == 'sending' or state == 'ambiguous') and 1 or 0,
      redis.call('GET', prefix .. 'receipt:' .. channel .. ':' .. lane),
    }
  end
end
