-- Takes deliveries in. ARGV: layout, then for each: id, lane, channel, created, due, kind,
--       whether it gathers, blob, hold (empty: none), reason.
-- Returns how many were not known before.

local new = 0
for at = 2, #ARGV, 10 do
  new = new + accept(unpack(ARGV, at, at + 9))
end
return new
