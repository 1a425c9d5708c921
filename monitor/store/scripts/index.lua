-- Part of commit, neighbours, story and find: what maps short hashes to item numbers.
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

local WIDTH, NUMBER = 3, '>I3'
local HELD = 2 ^ 24 - 1 -- items in a generation: what a 3-byte number can say
local MOST_BITS = 22
local GROWTH = 2 -- bits: a full generation is followed by one of four times its size
local HEADROOM = 1.25 -- one that has lived its span, by one that is right for as much news and a little more

local function generation(name, first, bits, opened)
  return {
    first = first,
    bits = bits,
    opened = opened,
    stem = string.format('%s%s:%d:', prefix, name, first),
    -- A bucket stands for a hash's lowest bits, so whole bytes of them are left out of its fields.
    buckets = 2 ^ bits,
    field = -1 - math.floor(bits / 8),
  }
end

-- Every generation that may hold an item of the last `keep` seconds, newest first.
local function generations(name)
  local live, successor = {}, nil
  for _, line in ipairs(redis.call('LRANGE', prefix .. name, 0, -1)) do
    if successor and successor.opened <= now - layout[name].keep then
      break
    end
    local first, bits, opened = string.match(line, '^(%S+) (%S+) (%S+)$')
    successor = generation(name, tonumber(first), tonumber(bits), tonumber(opened))
    live[#live + 1] = successor
  end
  return live
end

-- Key and field of a hash in a generation.
local function place(generation, hash)
  local bucket = struct.unpack('>I4', hash, #hash - 3) % generation.buckets
  return generation.stem .. bucket, string.sub(hash, 1, generation.field)
end

-- The item numbers posted under a hash, newest first.
local function posted(live, hash)
  local numbers = {}
  for _, generation in ipairs(live) do
    local packed = redis.call('HGET', place(generation, hash))
    for at = packed and #packed - WIDTH + 1 or 0, 1, -WIDTH do
      numbers[#numbers + 1] = generation.first + struct.unpack(NUMBER, packed, at)
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

-- The item numbers posted under any of these hashes in any of these indexes, each once, newest first.
local function gathered(indexes, list)
  local numbers, known = {}, {}
  for _, name in ipairs(indexes) do
    local live = generations(name)
    for _, hash in ipairs(list) do
      for _, number in ipairs(posted(live, hash)) do
        if not known[number] then
          known[number] = true
          numbers[#numbers + 1] = number
        end
      end
    end
  end
  table.sort(numbers, function(a, b)
    return a > b
  end)
  return numbers
end

-- The story that a record is of.
local function story_of(record)
  return string.sub(record, 2, 1 + string.byte(record))
end

-- The only record of a story that nobody joined and that has no alert: such a story is not stored beside it.
local function lone(story_id, name)
  for _, number in ipairs(posted(generations('names'), name)) do
    local record = redis.call('GET', prefix .. 'item:' .. number)
    if record and story_of(record) == story_id then
      return record
    end
  end
  return nil
end
