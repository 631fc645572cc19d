-- Keeps a task that came to nothing, with the reason, unless another worker has it by now.
-- KEYS: stem. ARGV: worker, id, reason.
local q = KEYS[1]
if redis.call('HGET', q .. ':holders', ARGV[2]) ~= ARGV[1] then return 0 end
redis.call('ZREM', q .. ':leases', ARGV[2])
redis.call('HDEL', q .. ':holders', ARGV[2])
redis.call('HSET', q .. ':failed', ARGV[2], ARGV[3])
return 1
