-- Ends every lease: what a process that died was holding is due again.
-- ARGV: layout, now.

for _, feed in ipairs(redis.call('ZRANGE', prefix .. 'due', 0, -1)) do
  local key = prefix .. 'feed:' .. feed
  local known = redis.call('HMGET', key, 'leased', 'next')
  if known[1] == '1' then
    redis.call('HSET', key, 'leased', 0)
    redis.call('ZADD', prefix .. 'due', known[2] or ARGV[2], feed)
  end
end
local outboxes = prefix .. 'outbox:'
-- KEYS looks at every key there is: a tenth of a second for a million, once at the start of an embedded store.
for _, key in ipairs(redis.call('KEYS', outboxes .. '*')) do
  for _, lane in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    advance(string.sub(key, #outboxes + 1), lane)
  end
end
