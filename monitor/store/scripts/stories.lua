-- Part of commit and amend: what is written only while it was made from what is kept.

local LIFTED_FIELDS, DELIVERY_FIELDS = 3, 10

-- Whether what is kept under a key is not what this was made from; `unwritten` is the version of what is not kept.
local function moved(key, version, unwritten)
  local stored = redis.call('GET', key)
  return (stored and tonumber(string.match(stored, '^%d+')) or unwritten) ~= version - 1
end

-- Whether one of the deliveries to lift, which stand in ARGV from `first` to before `past`, was released since.
local function released(first, past)
  for at = first, past - 1, LIFTED_FIELDS do
    if redis.call('HGET', hold_key(ARGV[at]), ARGV[at + 1]) ~= ARGV[at + 2] then
      return true
    end
  end
  return false
end

-- Takes those out of their holds, and then in what stands in ARGV after them.
local function deliver(first, past, now, why)
  for at = first, past - 1, LIFTED_FIELDS do
    lift(ARGV[at], ARGV[at + 1], ARGV[at + 2], now, why)
  end
  for at = past, #ARGV, DELIVERY_FIELDS do
    accept(unpack(ARGV, at, at + DELIVERY_FIELDS - 1))
  end
end
