-- A story that changes without an item, and what goes out of it, in one step; or nothing, when it moved.
-- ARGV: layout, now, story id, its new version, story,
--       how many deliveries it takes out of holds, then for each: hold, lane, id,
--       then its deliveries, as for `put`.
-- Returns 1, or 0 having written nothing.

local now, key, version, story = ARGV[2], prefix .. 'story:' .. ARGV[3], tonumber(ARGV[4]), ARGV[5]
local FIRST_LIFTED = 7
local FIRST_DELIVERY = FIRST_LIFTED + LIFTED_FIELDS * tonumber(ARGV[6])

if moved(key, version) or released(FIRST_LIFTED, FIRST_DELIVERY) then
  return 0
end
redis.call('SET', key, version .. ' ' .. story, 'KEEPTTL')
deliver(FIRST_LIFTED, FIRST_DELIVERY, now)
return 1
