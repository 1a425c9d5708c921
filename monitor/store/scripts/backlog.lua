-- How much waits. ARGV: layout, channels.
-- Returns for each: how many are queued, sending, retry, ambiguous, dead, held; since when the
-- oldest of the first four is owed, or ''; what the far side said of it, or ''; until when nobody takes, or 0.

local found = {}
for at = 2, #ARGV do
  local channel, counts, oldest, said = ARGV[at], {}, nil, ''
  for _, state in ipairs({ 'queued', 'sending', 'retry', 'ambiguous' }) do
    local key = state_key(state, channel)
    counts[#counts + 1] = redis.call('ZCARD', key)
    local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    local since = tonumber(first[2])
    if since and since <= (oldest or since) then
      oldest, said = since, redis.call('HGET', delivery_key(first[1]), 'reason') or ''
    end
  end
  for _, state in ipairs({ 'dead', 'held' }) do
    counts[#counts + 1] = redis.call('ZCARD', state_key(state, channel))
  end
  counts[#counts + 1] = oldest and string.format('%.17g', oldest) or ''
  counts[#counts + 1] = said
  counts[#counts + 1] = redis.call('GET', prefix .. 'pause:' .. channel) or '0'
  found[#found + 1] = counts
end
return found
