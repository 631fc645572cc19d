-- Lets the failed tasks of a project, or of all, wait again, and gives how many there were.
-- KEYS: stem. ARGV: project or ''.
local q = KEYS[1]
local n = 0
for _, id in ipairs(redis.call('HKEYS', q .. ':failed')) do
  if ARGV[1] == '' or redis.call('HGET', q .. ':projects', id) == ARGV[1] then
    redis.call('HDEL', q .. ':failed', id)
    redis.call('HDEL', q .. ':lost', id)
    redis.call('ZADD', q .. ':tasks', redis.call('HGET', q .. ':scores', id), id)
    n = n + 1
  end
end
return n
