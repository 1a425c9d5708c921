-- Keeps items in memory that their feed showed again, and forgets the oldest.
-- ARGV: layout, feed, today, most items, keys of items shown.

local name = prefix .. 'seen:' .. ARGV[2]
local today, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local forgotten = today - layout.seen_ttl / 86400
local shown, newday = {}, false

for at = 5, #ARGV do
  shown[ARGV[at]] = true
  local entry = redis.call('HGET', name, ARGV[at])
  local day, rest = string.match(entry or '', '^(%d+)( .*)$')
  if day and tonumber(day) < today then
    redis.call('HSET', name, ARGV[at], ARGV[3] .. rest)
    newday = true
  end
end
redis.call('EXPIRE', name, layout.seen_ttl)

-- A sweep reads the whole hash: once a day, and when a feed floods us with new ids.
if not newday and redis.call('HLEN', name) <= most then
  return
end
local kept, entries = {}, redis.call('HGETALL', name)
for at = 1, #entries, 2 do
  local key = entries[at]
  if not shown[key] then
    local day, number = string.match(entries[at + 1], '^(%d+) (%d+) ')
    if tonumber(day) <= forgotten then
      redis.call('HDEL', name, key)
    else
      kept[#kept + 1] = { key = key, day = tonumber(day), number = tonumber(number) }
    end
  end
end
table.sort(kept, function(a, b)
  if a.day ~= b.day then
    return a.day < b.day
  end
  return a.number < b.number
end)
for at = 1, redis.call('HLEN', name) - most do
  redis.call('HDEL', name, kept[at].key)
end
