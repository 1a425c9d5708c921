-- What waits at some places. ARGV: layout, then for each: hold, lane. Returns for each: delivery, or nil.

local found = {}
for at = 2, #ARGV, 2 do
  local id = redis.call('HGET', hold_key(ARGV[at]), ARGV[at + 1])
  found[#found + 1] = id and redis.call('HGET', delivery_key(id), 'blob') or false
end
return found
