-- Feeds due, hidden from others until the lease ends.
-- ARGV: layout, now, limit, lease. Returns for each: id, fencing token, state or nil.

local now = tonumber(ARGV[2])
local claimed = {}
for _, feed in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'due', '-inf', now, 'LIMIT', 0, ARGV[3])) do
  local key = prefix .. 'feed:' .. feed
  redis.call('HSET', key, 'leased', 1)
  local token = redis.call('HINCRBY', key, 'token', 1)
  redis.call('EXPIRE', key, layout.state_ttl)
  redis.call('ZADD', prefix .. 'due', now + tonumber(ARGV[4]), feed)
  claimed[#claimed + 1] = { feed, token, redis.call('HGET', key, 'state') }
end
return claimed
