-- Part of commit, neighbours and find: what maps short hashes to item numbers.
--
-- Postings live in small hashes (buckets), which Redis keeps as listpacks at a
-- tenth of the cost of separate keys. How many buckets are right depends on how
-- much news there is, so an index is a row of generations, each with its own
-- number of buckets: one ends when it has lived its span or is full, and the
-- next gets the size that fits.
--
-- A posting is a string of 3-byte numbers, oldest first, each counted from the
-- first number of its generation.

local now = tonumber(ARGV[2])

local WIDTH = 3
local HELD = 2 ^ 24 - 1 -- items in a generation: what a 3-byte number can say
local MOST_BITS = 22
local GROWTH = 3 -- bits: a full generation is followed by one of eight times its size

-- Every generation that may hold an item of the last `keep` seconds, newest first.
local function generations(name)
  local live, successor = {}, nil
  for _, line in ipairs(redis.call('LRANGE', prefix .. name, 0, -1)) do
    if successor and successor.opened <= now - layout[name].keep then
      break
    end
    local first, bits, opened = string.match(line, '^(%S+) (%S+) (%S+)$')
    successor = { first = tonumber(first), bits = tonumber(bits), opened = tonumber(opened) }
    live[#live + 1] = successor
  end
  return live
end

-- Key and field of a hash in a generation. The bucket stands for the hash's
-- lowest bits, so whole bytes of them are left out of the field.
local function place(name, generation, hash)
  local bucket = struct.unpack('>I4', string.sub(hash, -4)) % 2 ^ generation.bits
  return string.format('%s%s:%d:%d', prefix, name, generation.first, bucket),
    string.sub(hash, 1, -1 - math.floor(generation.bits / 8))
end

-- The item numbers posted under a hash, newest first.
local function posted(name, live, hash)
  local numbers = {}
  for _, generation in ipairs(live) do
    local key, field = place(name, generation, hash)
    local packed = redis.call('HGET', key, field) or ''
    for at = #packed - WIDTH + 1, 1, -WIDTH do
      numbers[#numbers + 1] = generation.first + struct.unpack('>I' .. WIDTH, packed, at)
    end
  end
  return numbers
end

-- Splits a string of equally long hashes.
local function hashes(name, packed)
  local width, list = layout[name].width, {}
  for at = 1, #packed, width do
    list[#list + 1] = string.sub(packed, at, at + width - 1)
  end
  return list
end
