-- Part of every script of the outbox: its lanes. A lane's deliveries go out one
-- at a time; the channel's sorted set says when the head of each lane may go, or
-- until when its sender holds it. Whatever is `sending` is the head of its lane.

local function delivery_key(id)
  return prefix .. 'delivery:' .. id
end

local function lane_key(channel, lane)
  return prefix .. 'lane:' .. channel .. ':' .. lane
end

local function state_key(state, channel)
  return prefix .. 'state:' .. state .. ':' .. channel
end

-- Puts a delivery among those of its state. `since`: from when on it is owed or, of a dead one, when it was given up.
local function enter(state, channel, id, since)
  redis.call('ZADD', state_key(state, channel), since, id)
  redis.call('EXPIRE', state_key(state, channel), layout.queued_ttl)
end

-- Forgets in the lists of states what has expired. A dead letter sent again may have been owed for two months.
local function trim(channel, now)
  for _, state in ipairs({ 'held', 'queued', 'sending', 'retry', 'ambiguous' }) do
    redis.call('ZREMRANGEBYSCORE', state_key(state, channel), '-inf', now - 3 * layout.queued_ttl)
  end
  redis.call('ZREMRANGEBYSCORE', state_key('dead', channel), '-inf', now - layout.queued_ttl)
end

-- Takes a delivery out of those of its state. Returns from when on it is owed.
local function leave(state, channel, id, now)
  local since = redis.call('ZSCORE', state_key(state, channel), id)
  redis.call('ZREM', state_key(state, channel), id)
  return since or now
end

-- Remembers one step of a delivery. `due`: when it is tried, or 0. `said`: what it tells, or what the far side said.
local function note(channel, lane, id, state, attempt, at, due, said)
  local key = prefix .. 'steps:' .. channel .. ':' .. lane
  redis.call('RPUSH', key, cjson.encode({ id, state, tostring(attempt), at, due, said }))
  redis.call('LTRIM', key, -layout.most_steps, -1)
  redis.call('EXPIRE', key, layout.settled_ttl)
end

-- Puts the lane where its head belongs. Returns the head's id and due time, or nil when the lane is empty.
local function advance(channel, lane)
  local queue = lane_key(channel, lane)
  local id = redis.call('LINDEX', queue, 0)
  while id do
    local due = redis.call('HGET', delivery_key(id), 'due')
    if due then
      redis.call('ZADD', prefix .. 'outbox:' .. channel, due, lane)
      return id, tonumber(due)
    end
    redis.call('LPOP', queue) -- it waited queued_ttl and is gone
    for _, state in ipairs({ 'queued', 'sending', 'retry', 'ambiguous' }) do
      redis.call('ZREM', state_key(state, channel), id)
    end
    id = redis.call('LINDEX', queue, 0)
  end
  redis.call('ZREM', prefix .. 'outbox:' .. channel, lane)
  return nil
end

-- When a delivery may go out, given those before it in its lane, and whether the lane's head may go earlier now.
-- One that gathers waits only to go out together with others: it joins those that do, and what does not hurries them.
local function gather(channel, lane, due, gathers)
  local queue, hurried = lane_key(channel, lane), false
  for at = redis.call('LLEN', queue) - 1, 0, -1 do
    local key = delivery_key(redis.call('LINDEX', queue, at))
    local known = redis.call('HMGET', key, 'gathers', 'state', 'due')
    if known[1] ~= '1' or known[2] ~= 'queued' then
      break
    end
    local earlier = tonumber(known[3]) < tonumber(due)
    if gathers == '1' then
      return earlier and known[3] or due, false
    end
    if not earlier then
      redis.call('HSET', key, 'due', due)
      hurried = at == 0
    end
  end
  return due, hurried
end

-- Remembers that there is something for a channel.
local function know(channel, created)
  local channels = prefix .. 'channels'
  redis.call('ZADD', channels, 'GT', created, channel)
  redis.call('ZREMRANGEBYSCORE', channels, '-inf', tonumber(created) - 2 * layout.queued_ttl)
  redis.call('EXPIRE', channels, 2 * layout.queued_ttl) -- a dead letter outlives what queued it
end

-- Queues a delivery unless its id is known. Returns how many were queued.
local function enqueue(id, lane, channel, created, wanted, kind, gathers, blob)
  if redis.call('EXISTS', delivery_key(id)) == 1 then
    return 0
  end
  local due, hurried = gather(channel, lane, wanted, gathers)
  local queue, outbox = lane_key(channel, lane), prefix .. 'outbox:' .. channel
  redis.call('HSET', delivery_key(id), 'state', 'queued', 'attempts', 0, 'due', due, 'channel', channel, 'blob', blob)
  redis.call('RPUSH', queue, id)
  if gathers == '1' then
    redis.call('HSET', delivery_key(id), 'gathers', gathers)
  end
  redis.call('ZADD', outbox, 'NX', due, lane)
  if hurried then
    advance(channel, lane)
  end
  for _, key in ipairs({ delivery_key(id), queue, outbox }) do
    redis.call('EXPIRE', key, layout.queued_ttl)
  end
  know(channel, created)
  trim(channel, tonumber(created))
  enter('queued', channel, id, wanted)
  note(channel, lane, id, 'queued', 0, created, due, kind)
  return 1
end
