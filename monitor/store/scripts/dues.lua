-- The due sets, in the order in which they are served, and which of them a feed is in.
-- A feed that is in `due` has no field that says so, as nearly all have none.

local dues = { 'due:first', 'due', 'due:last' }

local function due_of(feed)
  return prefix .. (redis.call('HGET', prefix .. 'feed:' .. feed, 'due') or 'due')
end
