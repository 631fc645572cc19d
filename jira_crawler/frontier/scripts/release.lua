-- Lets leased tasks wait again, but for those that another worker has by now.
-- KEYS: stem. ARGV: worker, ids.
local q = KEYS[1]
for i = 2, #ARGV do
  local id = ARGV[i]
  if redis.call('HGET', q .. ':holders', id) == ARGV[1] then
    redis.call('ZREM', q .. ':leases', id)
    redis.call('HDEL', q .. ':holders', id)
    redis.call('ZADD', q .. ':tasks', redis.call('HGET', q .. ':scores', id), id)
  end
end
return 1
