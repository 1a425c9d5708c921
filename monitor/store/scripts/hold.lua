-- Prolongs the leases of feeds that are still being polled.
-- ARGV: layout, until, then for each: feed, token. A feed claimed by another since is left alone.

for at = 3, #ARGV, 2 do
  if redis.call('HGET', prefix .. 'feed:' .. ARGV[at], 'token') == ARGV[at + 1] then
    redis.call('ZADD', prefix .. 'due', 'XX', ARGV[2], ARGV[at])
  end
end
