-- Lets the leases that have run out wait again, and leases the task of the highest priority, the oldest first.
-- Gives its id, its data and the number of the round, or nothing. A task that nobody lived to end MOST times failed.
-- KEYS: stem. ARGV: worker, ms, MOST.
local q = KEYS[1]
local run = redis.call('HGET', q .. ':state', 'run')
if not run then return false end  -- whatever waits does so for the next round to begin
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', q .. ':leases', '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', q .. ':leases', id)
  redis.call('HDEL', q .. ':holders', id)
  local lost = redis.call('HINCRBY', q .. ':lost', id, 1)
  if lost >= tonumber(ARGV[3]) then
    redis.call('HSET', q .. ':failed', id, 'its worker was lost ' .. lost .. ' times')
  else
    redis.call('ZADD', q .. ':tasks', redis.call('HGET', q .. ':scores', id), id)
  end
end
local first = redis.call('ZPOPMIN', q .. ':tasks')
if #first == 0 then return false end
redis.call('ZADD', q .. ':leases', now + ARGV[2], first[1])
redis.call('HSET', q .. ':holders', first[1], ARGV[1])
return {first[1], redis.call('HGET', q .. ':data', first[1]), run}
