-- A story by its id.
-- ARGV: layout, now, story id, hash of its name.
-- Returns the story and nothing, or nothing and the record that tells it alone.

local story = redis.call('GET', prefix .. 'story:' .. ARGV[3])
return { story, not story and lone(ARGV[3], ARGV[4]) or false }
