-- A story that changes without an item, and what goes out of it, in one step; or nothing, when it moved.
-- ARGV: layout, now, story id, its new version, story, whether it has alerts that are open (1 or 0),
--       why deliveries are taken out of holds, how many, then for each: hold, lane, id,
--       then its deliveries, as for `put`.
-- Returns 1, or 0 having written nothing.

local now, key, version, story = ARGV[2], prefix .. 'story:' .. ARGV[3], tonumber(ARGV[4]), ARGV[5]
local FIRST_LIFTED = 9
local FIRST_DELIVERY = FIRST_LIFTED + LIFTED_FIELDS * tonumber(ARGV[8])

if moved(key, version, 0) or released(FIRST_LIFTED, FIRST_DELIVERY) then
  return 0
end
redis.call('SET', key, version .. ' ' .. story, 'KEEPTTL')
if ARGV[6] == '0' then
  redis.call('ZREM', prefix .. 'open', ARGV[3])
end
deliver(FIRST_LIFTED, FIRST_DELIVERY, now, ARGV[7])
return 1
