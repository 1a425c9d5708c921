-- How an attempt went. The attempt's number is its fencing token.
-- ARGV: layout, channel, lane, id, token, outcome (sent retry ambiguous dead),
--       at (when, or of a retry: when again), reason, receipt (of one sent, or empty),
--       entry for the dead list.
-- Returns 1, or 0 when the lease was lost and another attempt begun.

local channel, lane, id, token, outcome = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local at, reason, receipt, dead = ARGV[7], ARGV[8], ARGV[9], ARGV[10]

local key = delivery_key(id)
local known = redis.call('HMGET', key, 'attempts', 'state')
if known[1] ~= token then
  return 0
end
if known[2] == outcome then
  return 1 -- said before: the answer was lost on its way and the client asked again
end
if known[2] ~= 'sending' then
  return 0
end

if outcome == 'retry' or outcome == 'ambiguous' then
  redis.call('HSET', key, 'state', outcome, 'due', at, 'reason', reason)
else
  -- First: a server whose memory is full refuses a script whose first write takes more of it.
  redis.call('LPOP', lane_key(channel, lane))
  redis.call('ZREM', prefix .. 'waiting:' .. channel, id)
  redis.call('DEL', key)
  redis.call('HSET', key, 'state', outcome, 'attempts', token, 'at', at, 'channel', channel, 'reason', reason)
  redis.call('EXPIRE', key, layout.settled_ttl)
end
if outcome == 'dead' then
  redis.call('LPUSH', prefix .. 'dead', dead)
  redis.call('LTRIM', prefix .. 'dead', 0, layout.most_dead - 1)
end
local root = prefix .. 'receipt:' .. channel .. ':' .. lane
if receipt ~= '' then
  redis.call('SET', root, receipt, 'NX')
end
redis.call('EXPIRE', root, layout.receipt_ttl)
redis.call('XADD', prefix .. 'attempts', 'MAXLEN', '~', layout.most_attempts, '*',
  'id', id, 'lane', lane, 'channel', channel, 'attempt', token, 'outcome', outcome, 'at', at,
  'reason', reason)
advance(channel, lane)
return 1
