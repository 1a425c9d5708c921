-- Lets a dead delivery go; its id stays known. ARGV: layout, channel, lane, id, now.
-- Returns 1, or 0 when it is not dead.

local channel, lane, id, now = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local key = delivery_key(id)
local known = redis.call('HMGET', key, 'state', 'attempts', 'reason')
if known[1] ~= 'dead' then
  return known[1] == 'dropped' and 1 or 0
end
leave('dead', channel, id, now)
redis.call('DEL', key)
redis.call('HSET', key, 'state', 'dropped', 'attempts', known[2], 'at', now, 'channel', channel, 'reason', known[3])
redis.call('EXPIRE', key, layout.settled_ttl)
note(channel, lane, id, 'dropped', known[2], now, 0, 'dropped by an operator')
return 1
