-- Prolongs the leases of feeds that are still being polled.
-- ARGV: layout, until, then for each: feed, token. Left alone: a feed claimed by another since, or finished meanwhile.

for at = 3, #ARGV, 2 do
  local lease = redis.call('HMGET', prefix .. 'feed:' .. ARGV[at], 'token', 'leased')
  if lease[1] == ARGV[at + 1] and lease[2] == '1' then
    redis.call('ZADD', due_of(ARGV[at]), 'XX', ARGV[2], ARGV[at])
  end
end
