-- Renews the lease of a delivery that is being sent. ARGV: layout, channel, lane, id, token, until.
-- Returns 1, or 0 when the lease was lost and another attempt begun.

local channel, lane, key = ARGV[2], ARGV[3], delivery_key(ARGV[4])
local known = redis.call('HMGET', key, 'attempts', 'state')
if known[1] ~= ARGV[5] or known[2] ~= 'sending' then
  return 0
end
redis.call('ZADD', prefix .. 'outbox:' .. channel, ARGV[6], lane)
return 1
