-- All that waits in a hold. ARGV: layout, hold.
-- Returns the number of its last change, then for each delivery: lane, id, channel, delivery.

local version, found, waiting = 0, {}, redis.call('HGETALL', hold_key(ARGV[2]))
for at = 1, #waiting, 2 do
  local lane, id = waiting[at], waiting[at + 1]
  if lane == VERSION then
    version = tonumber(id)
  else
    local known = redis.call('HMGET', delivery_key(id), 'channel', 'blob')
    found[#found + 1] = { lane, id, known[1], known[2] }
  end
end
return { version, found }
