-- Saves a feed's state and next poll.
-- ARGV: layout, feed, token, next poll, state.
-- Returns 1, or 0 when another process claimed the feed since.

local key = prefix .. 'feed:' .. ARGV[2]
if redis.call('HGET', key, 'token') ~= ARGV[3] then
  return 0
end
redis.call('HSET', key, 'state', ARGV[5], 'next', ARGV[4], 'leased', 0)
redis.call('EXPIRE', key, layout.state_ttl)
-- A feed that says "unchanged" for a month has not forgotten its items: nor have we.
redis.call('EXPIRE', prefix .. 'seen:' .. ARGV[2], layout.seen_ttl)
redis.call('ZADD', due_of(ARGV[2]), 'XX', ARGV[4], ARGV[2])
return 1
