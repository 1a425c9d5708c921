-- Part of commit, put, waiting, held and release: deliveries that wait until a
-- time instead of going out. A hold has one delivery a lane, the newest; under
-- an empty lane, the number of its last change.

local VERSION = ''

local function hold_key(hold)
  return prefix .. 'hold:' .. hold
end

-- The number is one that no hold had before: a hold may be emptied and filled again.
local function changed(hold)
  redis.call('HSET', hold_key(hold), VERSION, redis.call('INCR', prefix .. 'changes'))
end

-- Takes a delivery out of its hold, as if it had never been there; `why` is noted.
local function lift(hold, lane, id, now, why)
  local key = hold_key(hold)
  local channel = redis.call('HGET', delivery_key(id), 'channel')
  leave('held', channel, id, now)
  note(channel, lane, id, 'lifted', 0, now, 0, why)
  redis.call('DEL', delivery_key(id))
  redis.call('HDEL', key, lane)
  if redis.call('HLEN', key) > 1 then
    changed(hold)
  else
    redis.call('DEL', key)
    redis.call('ZREM', prefix .. 'holds', hold)
  end
end

-- Keeps a delivery in a hold unless its id is known. Returns how many were kept.
local function keep(id, lane, channel, created, due, blob, hold, reason)
  local key = hold_key(hold)
  if redis.call('EXISTS', delivery_key(id)) == 1 then
    return 0
  end
  local before = redis.call('HGET', key, lane)
  if before then
    lift(hold, lane, before, created, '')
  end
  redis.call('HSET', delivery_key(id),
    'state', 'held', 'attempts', 0, 'due', due, 'channel', channel, 'reason', reason, 'blob', blob)
  redis.call('HSET', key, lane, id)
  redis.call('ZADD', prefix .. 'holds', due, hold)
  changed(hold)
  know(channel, created)
  enter('held', channel, id, due)
  note(channel, lane, id, 'held', 0, created, due, reason)
  local ttl = math.ceil(math.max(0, due - created)) + layout.queued_ttl
  for _, kept in ipairs({ delivery_key(id), key, prefix .. 'holds' }) do
    redis.call('EXPIRE', kept, ttl, 'NX')
    redis.call('EXPIRE', kept, ttl, 'GT')
  end
  return 1
end

-- Takes a delivery in: into its hold, or into the outbox when it has none. Returns how many were not known.
local function accept(id, lane, channel, created, due, kind, gathers, blob, hold, reason)
  if hold == '' then
    return enqueue(id, lane, channel, created, due, kind, gathers, blob)
  end
  return keep(id, lane, channel, created, due, blob, hold, reason)
end
