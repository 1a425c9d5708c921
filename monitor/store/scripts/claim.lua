-- Feeds due, hidden from others until the lease ends.
-- ARGV: layout, now, limit, lease. Returns for each: id, fencing token, state or nil.

local now, left = tonumber(ARGV[2]), tonumber(ARGV[3])
local claimed = {}
for _, due in ipairs(dues) do
  local feeds = redis.call('ZRANGEBYSCORE', prefix .. due, '-inf', now, 'LIMIT', 0, left)
  left = left - #feeds
  for _, feed in ipairs(feeds) do
    local key = prefix .. 'feed:' .. feed
    redis.call('HSET', key, 'leased', 1)
    if due ~= 'due' then
      redis.call('HSET', key, 'due', due) -- should all else have lapsed
    end
    local token = redis.call('HINCRBY', key, 'token', 1)
    redis.call('EXPIRE', key, layout.state_ttl)
    redis.call('ZADD', prefix .. due, now + tonumber(ARGV[4]), feed)
    claimed[#claimed + 1] = { feed, token, redis.call('HGET', key, 'state') }
  end
end
return claimed
