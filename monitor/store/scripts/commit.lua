-- All that one item changes, in one step; or nothing, when something newer got in between.
-- ARGV: layout, now, clock, feed, key, number seen before (empty: none), revision, day,
--       story id, hash of its name, its new version, story (empty: its record tells it alone),
--       record, passages, links, names (all three packed),
--       whether it has alerts that are open (1 or 0),
--       how many tallies, then for each: key, its new version, seconds to keep it, tally,
--       how many deliveries it takes out of holds, then for each: hold, lane, id,
--       then its deliveries, as for `put`.
-- Returns 1, or 0 having written nothing.

local clock, feed, key, before, revision, day = tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local story_id, story_name, version, story, record = ARGV[9], ARGV[10], tonumber(ARGV[11]), ARGV[12], ARGV[13]
local FIRST_TALLY, TALLY_FIELDS = 19, 4
local LIFTED = FIRST_TALLY + TALLY_FIELDS * tonumber(ARGV[18])
local FIRST_LIFTED = LIFTED + 1
local FIRST_DELIVERY = FIRST_LIFTED + LIFTED_FIELDS * tonumber(ARGV[LIFTED])

local showing = { passages = hashes('passages', ARGV[14]), links = hashes('links', ARGV[15]) }

-- Whether an item newer than the clock was posted under one of our hashes.
local function overtaken(name)
  for _, generation in ipairs(generations(name)) do
    for _, hash in ipairs(showing[name]) do
      local packed = redis.call('HGET', place(generation, hash))
      if packed and generation.first + struct.unpack(NUMBER, packed, #packed - WIDTH + 1) > clock then
        return true
      end
    end
    if generation.first <= clock + 1 then
      return false -- older generations hold nothing newer
    end
  end
  return false
end

local seen = redis.call('HGET', prefix .. 'seen:' .. feed, key)
if (seen and string.match(seen, '^%d+ (%d+) ') or '') ~= before then
  return 0
end
if moved(prefix .. 'story:' .. story_id, version, lone(story_id, story_name) and 1 or 0) then
  return 0
end
for at = FIRST_TALLY, LIFTED - 1, TALLY_FIELDS do
  if moved(prefix .. 'tally:' .. ARGV[at], tonumber(ARGV[at + 1]), 0) then
    return 0
  end
end
if released(FIRST_LIFTED, FIRST_DELIVERY) or overtaken('passages') or overtaken('links') then
  return 0
end

local number = redis.call('INCR', prefix .. 'seq')

-- The generation that takes this item: the newest, or a new one when that is old or full.
local function open(name)
  local index, live = layout[name], generations(name)
  local newest, bits = live[1], index.bits
  if newest then
    local held = number - newest.first
    if held >= math.min(index.fill * newest.buckets, HELD) then
      bits = newest.bits + GROWTH
    elseif now - newest.opened >= index.span then
      bits = math.ceil(math.log(HEADROOM * held / index.fill) / math.log(2))
    else
      return newest
    end
  end
  bits = math.min(math.max(bits, index.bits), MOST_BITS)
  redis.call('LPUSH', prefix .. name, string.format('%d %d %.3f', number, bits, now))
  redis.call('LTRIM', prefix .. name, 0, #live)
  redis.call('EXPIRE', prefix .. name, index.span + index.keep)
  return generation(name, number, bits, now)
end

local function post(name, list)
  local newest = open(name)
  local packed = struct.pack(NUMBER, number - newest.first)
  local ttl = math.ceil(newest.opened + layout[name].span + layout[name].keep - now)
  for _, hash in ipairs(list) do
    local bucket, field = place(newest, hash)
    local posting = redis.call('HGET', bucket, field) or ''
    redis.call('HSET', bucket, field, string.sub(posting .. packed, -layout.most_posted * WIDTH))
    redis.call('EXPIRE', bucket, ttl, 'NX')
  end
end

post('passages', showing.passages)
post('links', showing.links)
post('names', hashes('names', ARGV[16]))
redis.call('HSET', prefix .. 'seen:' .. feed, key, string.format('%s %d %s', day, number, revision))
redis.call('EXPIRE', prefix .. 'seen:' .. feed, layout.seen_ttl)
redis.call('SET', prefix .. 'item:' .. number, record, 'EX', layout.item_ttl)
redis.call('DEL', prefix .. 'item:' .. number - layout.most_items)
if story ~= '' then
  redis.call('SET', prefix .. 'story:' .. story_id, version .. ' ' .. story, 'EX', layout.story_ttl)
end
if ARGV[17] == '1' then
  redis.call('ZADD', prefix .. 'open', now, story_id)
  redis.call('EXPIRE', prefix .. 'open', layout.story_ttl)
end
for at = FIRST_TALLY, LIFTED - 1, TALLY_FIELDS do
  local key, version, keep, tally = unpack(ARGV, at, at + TALLY_FIELDS - 1)
  redis.call('SET', prefix .. 'tally:' .. key, version .. ' ' .. tally, 'EX', keep)
end
deliver(FIRST_LIFTED, FIRST_DELIVERY, ARGV[2], '')
return 1
