-- The records of an item, by a name it goes by.
-- ARGV: layout, now, hash of the name. Returns records, newest first.

local records = {}
for _, number in ipairs(posted(generations('names'), ARGV[3])) do
  records[#records + 1] = redis.call('GET', prefix .. 'item:' .. number) or nil
end
return records
