-- Stories with alerts to which no text came since a time, those idle longest first; what is forgotten is let go.
-- ARGV: layout, time, how many.
-- Returns them, as they are stored.

local open, found = prefix .. 'open', {}
for _, id in ipairs(redis.call('ZRANGE', open, '-inf', ARGV[2], 'BYSCORE', 'LIMIT', 0, ARGV[3])) do
  local story = redis.call('GET', prefix .. 'story:' .. id)
  if story then
    found[#found + 1] = story
  else
    redis.call('ZREM', open, id)
  end
end
return found
