-- A turn with each of these hosts, for whoever asks: turns with one lie a gap apart.
-- ARGV: layout, now, gap, hosts. Returns when each has it.

local now, gap = tonumber(ARGV[2]), tonumber(ARGV[3])
local turns = {}
for at = 4, #ARGV do
  local key = prefix .. 'host:' .. ARGV[at]
  local turn = math.max(now, tonumber(redis.call('GET', key) or 0))
  redis.call('SET', key, string.format('%.3f', turn + gap), 'EX', math.ceil(turn + gap - now) + 1)
  turns[#turns + 1] = string.format('%.3f', turn)
end
return turns
