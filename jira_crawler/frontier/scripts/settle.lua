-- Lets go of requests that are settled. What they yielded is durable, so it does not matter whose lease it is by now.
-- KEYS: stem. ARGV: ids.
local q = KEYS[1]
for _, id in ipairs(ARGV) do
  for _, set in ipairs({':leases', ':requests'}) do redis.call('ZREM', q .. set, id) end
  local walk = redis.call('HGET', q .. ':walks', id)
  if walk then redis.call('ZREM', q .. ':floors:' .. walk, id) end
  for _, map in ipairs({':data', ':scores', ':walks', ':holders', ':lost', ':failed'}) do
    redis.call('HDEL', q .. map, id)
  end
end
return #ARGV
