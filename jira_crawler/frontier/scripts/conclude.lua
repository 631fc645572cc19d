-- Ends a round, if the worker is still the lead and nothing has come meanwhile: 1 if it did, else 0.
-- A complete one leaves nothing behind; what an incomplete one leaves is taken up when one of its projects is given again.
-- KEYS: stem, fingerprints. ARGV: worker, outcome, its reason or '' if it is complete, the projects.
local q = KEYS[1]
if redis.call('GET', q .. ':lead') ~= ARGV[1] then return 0 end
if redis.call('ZCARD', q .. ':requests') + redis.call('ZCARD', q .. ':leases') > 0 then return 0 end
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', q .. ':outcome', 'at', at, 'report', ARGV[2])
for i = 4, #ARGV do
  if ARGV[3] == '' then
    redis.call('HDEL', q .. ':jobs', ARGV[i])
    redis.call('HDEL', q .. ':priorities', ARGV[i])
    redis.call('HDEL', q .. ':incomplete', ARGV[i])
  else
    redis.call('HSET', q .. ':incomplete', ARGV[i], ARGV[3])
  end
end
if ARGV[3] == '' then
  redis.call('DEL', q .. ':state', q .. ':number', KEYS[2])
end
return 1
