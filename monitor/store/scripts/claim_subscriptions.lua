-- Subscriptions to look after, kept from others for a while.
-- ARGV: layout, now, limit, end of the lease. Returns feeds.

local key = prefix .. 'subscriptions'
local feeds = redis.call('ZRANGE', key, '-inf', ARGV[2], 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, feed in ipairs(feeds) do
  redis.call('ZADD', key, ARGV[4], feed)
end
return feeds
