-- Notes that a worker lives, keeps its leases for so long again, and makes it the lead if there is none.
-- Gives 1 if it is the lead, and the ids of the leases that are not its own any more.
-- KEYS: stem. ARGV: worker, ms, ids.
local q = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', q .. ':workers', now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', q .. ':workers', '-inf', now)
local gone = {}
for i = 3, #ARGV do
  if redis.call('HGET', q .. ':holders', ARGV[i]) == ARGV[1] then
    redis.call('ZADD', q .. ':leases', now + ARGV[2], ARGV[i])
  else
    gone[#gone + 1] = ARGV[i]
  end
end
local lead = redis.call('GET', q .. ':lead')
if not lead or lead == ARGV[1] then
  redis.call('SET', q .. ':lead', ARGV[1], 'PX', ARGV[2])
  return {1, gone}
end
return {0, gone}
