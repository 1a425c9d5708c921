-- Ends every lease: what a process that died was holding is due again.
-- ARGV: layout, now.

for _, due in ipairs(dues) do
  for _, feed in ipairs(redis.call('ZRANGE', prefix .. due, 0, -1)) do
    local key = prefix .. 'feed:' .. feed
    local known = redis.call('HMGET', key, 'leased', 'next')
    if known[1] == '1' then
      redis.call('HSET', key, 'leased', 0)
      redis.call('ZADD', prefix .. due, known[2] or ARGV[2], feed)
    end
  end
end
for _, channel in ipairs(redis.call('ZRANGE', prefix .. 'channels', 0, -1)) do
  for _, lane in ipairs(redis.call('ZRANGE', prefix .. 'outbox:' .. channel, 0, -1)) do
    advance(channel, lane)
  end
end
