-- Part of commit, put, take and settle: the lanes of the outbox. A lane's
-- deliveries go out one at a time; the channel's sorted set says when the head
-- of each lane may go, or until when its sender holds it.

local function delivery_key(id)
  return prefix .. 'delivery:' .. id
end

local function lane_key(channel, lane)
  return prefix .. 'lane:' .. channel .. ':' .. lane
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
    redis.call('ZREM', prefix .. 'waiting:' .. channel, id)
    id = redis.call('LINDEX', queue, 0)
  end
  redis.call('ZREM', prefix .. 'outbox:' .. channel, lane)
  return nil
end

-- Queues a delivery unless its id is known. Returns how many were queued.
local function enqueue(id, lane, channel, created, due, blob)
  if redis.call('EXISTS', delivery_key(id)) == 1 then
    return 0
  end
  local queue, outbox, waiting = lane_key(channel, lane), prefix .. 'outbox:' .. channel, prefix .. 'waiting:' .. channel
  redis.call('HSET', delivery_key(id), 'state', 'queued', 'attempts', 0, 'due', due, 'channel', channel, 'blob', blob)
  redis.call('RPUSH', queue, id)
  redis.call('ZADD', outbox, 'NX', due, lane)
  redis.call('ZADD', waiting, created, id)
  redis.call('ZREMRANGEBYSCORE', waiting, '-inf', tonumber(created) - layout.queued_ttl)
  for _, key in ipairs({ delivery_key(id), queue, outbox, waiting }) do
    redis.call('EXPIRE', key, layout.queued_ttl)
  end
  return 1
end
