-- Something is left alone until a time; a shorter pause does not end a longer one.
-- ARGV: layout, its name, until.

local key = prefix .. 'pause:' .. ARGV[2]
if tonumber(redis.call('GET', key) or 0) < tonumber(ARGV[3]) then
  redis.call('SET', key, ARGV[3], 'EX', layout.pause_ttl)
end
