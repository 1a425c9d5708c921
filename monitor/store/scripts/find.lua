-- The records of an item, by a name it goes by; what is posted as a link is not posted as a name too.
-- ARGV: layout, now, hash of the name. Returns records, newest first.

local records = {}
for _, number in ipairs(gathered({ 'names', 'links' }, { ARGV[3] })) do
  records[#records + 1] = redis.call('GET', prefix .. 'item:' .. number) or nil
end
return records
