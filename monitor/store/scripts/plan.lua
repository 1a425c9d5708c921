-- Makes exactly these feeds known: new ones are due now, or when they were due
-- before they left; the others leave the due set.
-- ARGV: layout, now, feeds.

local due, now, wanted = prefix .. 'due', ARGV[2], {}
for at = 3, #ARGV do
  local feed = ARGV[at]
  wanted[feed] = true
  redis.call('ZADD', due, 'NX', redis.call('HGET', prefix .. 'feed:' .. feed, 'next') or now, feed)
end
for _, feed in ipairs(redis.call('ZRANGE', due, 0, -1)) do
  if not wanted[feed] then
    redis.call('ZREM', due, feed)
  end
end
