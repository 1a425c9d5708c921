-- Makes known feeds due. ARGV: layout, now, feeds.

for at = 3, #ARGV do
  redis.call('ZADD', due_of(ARGV[at]), 'XX', ARGV[2], ARGV[at])
end
