-- Takes deliveries in. ARGV: layout, then for each: id, lane, channel, created, due, kind, blob,
--       hold (empty: none), reason.
-- Returns how many were not known before.

local new = 0
for at = 2, #ARGV, 9 do
  new = new + accept(unpack(ARGV, at, at + 8))
end
return new
