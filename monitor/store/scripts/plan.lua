-- Makes exactly these feeds known: new ones are due now, or when they were due
-- before they left; the others leave the due sets.
-- ARGV: layout, now, then for each: feed, its due set.

local now, wanted = ARGV[2], {}
for at = 3, #ARGV, 2 do
  local feed, due = ARGV[at], ARGV[at + 1]
  local key, former = prefix .. 'feed:' .. feed, due_of(feed)
  wanted[feed] = due
  local when = redis.call('ZSCORE', former, feed) or redis.call('HGET', key, 'next') or now
  if due == 'due' then
    redis.call('HDEL', key, 'due')
  else
    redis.call('HSET', key, 'due', due)
    redis.call('EXPIRE', key, layout.state_ttl)
  end
  redis.call('ZADD', prefix .. due, 'NX', when, feed)
end
for _, due in ipairs(dues) do
  for _, feed in ipairs(redis.call('ZRANGE', prefix .. due, 0, -1)) do
    if wanted[feed] ~= due then
      redis.call('ZREM', prefix .. due, feed)
    end
  end
end
