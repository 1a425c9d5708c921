-- Ends a hold: what tells of all that waited there is taken in instead.
-- ARGV: layout, now, hold, number of its last change, id of the digest that gathers (empty: none),
--       how many waited, then for each: lane, id, then what tells of them, as for `put`.
-- Returns 1, or 0 having done nothing, when the hold has changed since.

local now, hold, version, digest = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local FIRST, FIELDS = 7, 10
local TOLD = FIRST + 2 * tonumber(ARGV[6])

if (redis.call('HGET', hold_key(hold), VERSION) or '0') ~= version then
  return 0
end
redis.call('DEL', hold_key(hold))
redis.call('ZREM', prefix .. 'holds', hold)
local channels = {}
for at = FIRST, TOLD - 1, 2 do
  local key = delivery_key(ARGV[at + 1])
  channels[at] = redis.call('HGET', key, 'channel')
  if channels[at] then
    leave('held', channels[at], ARGV[at + 1], now)
  end
  redis.call('DEL', key)
end
for at = TOLD, #ARGV, FIELDS do
  accept(unpack(ARGV, at, at + FIELDS - 1))
end
for at = FIRST, TOLD - 1, 2 do
  local lane, id = ARGV[at], ARGV[at + 1]
  if channels[at] and redis.call('EXISTS', delivery_key(id)) == 0 then
    redis.call('HSET', delivery_key(id), 'state', 'gathered', 'digest', digest)
    redis.call('EXPIRE', delivery_key(id), layout.settled_ttl)
    note(channels[at], lane, id, 'gathered', 0, now, 0, digest)
  end
end
return 1
