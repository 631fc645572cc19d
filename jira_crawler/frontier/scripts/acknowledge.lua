-- Lets go of tasks. What they yielded is durable, so it does not matter whose lease it is by now.
-- KEYS: stem. ARGV: ids.
local q = KEYS[1]
for _, id in ipairs(ARGV) do
  for _, set in ipairs({':leases', ':tasks'}) do redis.call('ZREM', q .. set, id) end
  local project = redis.call('HGET', q .. ':projects', id)
  if project then redis.call('ZREM', q .. ':watermarks:' .. project, id) end
  for _, map in ipairs({':data', ':scores', ':projects', ':holders', ':lost', ':failed'}) do
    redis.call('HDEL', q .. map, id)
  end
end
return #ARGV
