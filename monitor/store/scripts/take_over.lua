-- One feed, due or not, hidden from others until the lease ends.
-- ARGV: layout, now, lease, feed. Returns its fencing token, and its state or nil.

local key = prefix .. 'feed:' .. ARGV[4]
redis.call('HSET', key, 'leased', 1)
local token = redis.call('HINCRBY', key, 'token', 1)
redis.call('EXPIRE', key, layout.state_ttl)
redis.call('ZADD', due_of(ARGV[4]), 'XX', tonumber(ARGV[2]) + tonumber(ARGV[3]), ARGV[4])
return { token, redis.call('HGET', key, 'state') }
