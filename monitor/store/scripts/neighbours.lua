-- What the store knows near an item, read at one moment.
-- ARGV: layout, now, passages, links (both packed).
-- Returns: clock, records, linked records, stories but for those that one record tells alone.

local LOOKED_AT = 64 -- candidates read at most, should records of the best ones be gone or alike

-- A passage that many share says little: each of n items gets 1/n for it.
local weight, ranked = {}, {}
local live = generations('passages')
for _, hash in ipairs(hashes('passages', ARGV[3])) do
  local numbers = posted(live, hash)
  for _, number in ipairs(numbers) do
    if not weight[number] then
      weight[number] = 0
      ranked[#ranked + 1] = number
    end
    weight[number] = weight[number] + 1 / #numbers
  end
end
table.sort(ranked, function(a, b)
  if weight[a] ~= weight[b] then
    return weight[a] > weight[b]
  end
  return a > b
end)

local of_story, story_ids = {}, {}
local function count(record)
  local id = story_of(record)
  if not of_story[id] then
    of_story[id] = 0
    story_ids[#story_ids + 1] = id
  end
  of_story[id] = of_story[id] + 1
  return of_story[id]
end

-- Thirty copies of one text would crowd out every other story.
local records = {}
for rank = 1, math.min(#ranked, LOOKED_AT) do
  local record = redis.call('GET', prefix .. 'item:' .. ranked[rank])
  if record and count(record) <= layout.most_of_one_story then
    records[#records + 1] = record
  end
  if #records == layout.most_neighbours then
    break
  end
end

local linked = {}
for _, number in ipairs(gathered({ 'links' }, hashes('links', ARGV[4]))) do
  local record = redis.call('GET', prefix .. 'item:' .. number)
  if record and #linked < layout.most_linked then
    count(record)
    linked[#linked + 1] = record
  end
end

local stories = {}
for _, id in ipairs(story_ids) do
  stories[#stories + 1] = redis.call('GET', prefix .. 'story:' .. id) or nil
end
return { tonumber(redis.call('GET', prefix .. 'seq') or 0), records, linked, stories }
