-- The next due delivery of a channel, hidden from others until the lease ends.
-- ARGV: layout, channel, now, lease, seconds for which nobody takes another.
-- Returns lane, id, blob, attempts begun with this one (the fencing token), when the
-- first began, whether an earlier one may have been accepted, whether the next of its
-- lane is due as well, the lane's receipt; or nil.

local channel, now, lease, pace = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local outbox, turn = prefix .. 'outbox:' .. channel, prefix .. 'turn:' .. channel

for _, key in ipairs({ prefix .. 'pause:' .. channel, turn }) do
  if tonumber(redis.call('GET', key) or 0) > now then
    return nil
  end
end

-- Whether all of a lane gathers: copies, for which nobody is called.
local function is_quiet(lane)
  for _, waiting in ipairs(redis.call('LRANGE', lane_key(channel, lane), 0, -1)) do
    if redis.call('HGET', delivery_key(waiting), 'gathers') ~= '1' then
      return false
    end
  end
  return true
end

-- The lane that is due longest. A quiet one lets those that are not go first, for a while.
local function next_lane()
  local lanes = redis.call('ZRANGEBYSCORE', outbox, '-inf', now, 'WITHSCORES', 'LIMIT', 0, layout.most_ahead)
  for at = 1, #lanes, 2 do
    if tonumber(lanes[at + 1]) <= now - layout.lets_by or not is_quiet(lanes[at]) then
      return lanes[at]
    end
  end
  return lanes[1]
end

while true do
  local lane = next_lane()
  if not lane then
    return nil
  end
  local id, due = advance(channel, lane)
  if id and due <= now then
    local key = delivery_key(id)
    -- Still `sending`: the lease ended and nobody said how it went.
    local state = redis.call('HGET', key, 'state')
    local token = redis.call('HINCRBY', key, 'attempts', 1)
    redis.call('HSET', key, 'state', 'sending')
    redis.call('HSETNX', key, 'since', ARGV[3])
    redis.call('ZADD', outbox, now + lease, lane)
    if pace > 0 then
      redis.call('SET', turn, now + pace, 'EX', math.ceil(pace))
    end
    local after = redis.call('LINDEX', lane_key(channel, lane), 1)
    local due_after = after and redis.call('HGET', delivery_key(after), 'due')
    enter('sending', channel, id, leave(state, channel, id, ARGV[3]))
    note(channel, lane, id, 'sending', token, ARGV[3], 0, '')
    return {
      lane,
      id,
      redis.call('HGET', key, 'blob'),
      token,
      redis.call('HGET', key, 'since'),
      (state == 'sending' or state == 'ambiguous') and 1 or 0,
      due_after and tonumber(due_after) <= now and 1 or 0,
      redis.call('GET', prefix .. 'receipt:' .. channel .. ':' .. lane),
    }
  end
end
