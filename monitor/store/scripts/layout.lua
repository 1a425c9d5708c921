-- Comes before every script: the figures of `layout.Layout`.

local layout = cjson.decode(ARGV[1])
local prefix = layout.prefix
