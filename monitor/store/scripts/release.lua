-- Ends every lease: what a process that died was holding is due again.
-- ARGV: layout, now.

for _, feed in ipairs(redis.call('ZRANGE', prefix .. 'due', 0, -1)) do
  redis.call('ZADD', prefix .. 'due', redis.call('HGET', prefix .. 'feed:' .. feed, 'next') or ARGV[2], feed)
end
local outboxes = prefix .. 'outbox:'
for _, key in ipairs(redis.call('KEYS', outboxes .. '*')) do
  for _, lane in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    advance(string.sub(key, #outboxes + 1), lane)
  end
end
