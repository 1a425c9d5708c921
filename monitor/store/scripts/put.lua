-- Queues deliveries. ARGV: layout, then for each: id, lane, channel, created, due, kind, blob.
-- Returns how many were not known before.

local queued = 0
for at = 2, #ARGV, 7 do
  queued = queued + enqueue(unpack(ARGV, at, at + 6))
end
return queued
