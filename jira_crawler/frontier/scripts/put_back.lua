-- Lets a leased request wait again, with other data if there are any, unless another worker has it by now.
-- KEYS: stem. ARGV: worker, id, data or '', priority or ''.
local q = KEYS[1]
local id = ARGV[2]
if redis.call('HGET', q .. ':holders', id) ~= ARGV[1] then return 0 end
redis.call('ZREM', q .. ':leases', id)
redis.call('HDEL', q .. ':holders', id)
if ARGV[3] ~= '' then
  local urgency = tonumber(redis.call('HGET', q .. ':priorities', redis.call('HGET', q .. ':walks', id) or '') or '0')
  redis.call('HSET', q .. ':data', id, ARGV[3])
  redis.call('HSET', q .. ':scores', id, -(urgency * 1000 + ARGV[4]))
end
redis.call('ZADD', q .. ':requests', redis.call('HGET', q .. ':scores', id), id)
return 1
