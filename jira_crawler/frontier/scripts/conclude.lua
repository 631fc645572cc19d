-- Ends a round, if the worker is still the lead and nothing has come meanwhile: 1 if it did, else 0.
-- A complete one leaves nothing behind. An incomplete one leaves what failed, and is taken up when one of its projects is
-- given again; where nothing failed there is nothing to take up, and what it asked may be asked anew.
-- KEYS: stem, fingerprints. ARGV: worker, round, outcome, its reason or '' if it is complete, each project and its job.
local q = KEYS[1]
if redis.call('GET', q .. ':lead') ~= ARGV[1] then return 0 end
if redis.call('HGET', q .. ':state', 'run') ~= ARGV[2] then return 0 end
if redis.call('ZCARD', q .. ':tasks') + redis.call('ZCARD', q .. ':leases') > 0 then return 0 end
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('DEL', q .. ':outcome')
redis.call('HSET', q .. ':outcome', 'at', at, 'report', ARGV[3])
for i = 5, #ARGV, 2 do
  if redis.call('HGET', q .. ':jobs', ARGV[i]) ~= ARGV[i + 1] then
    -- It was given again meanwhile, and otherwise: that is for the next round.
  elseif ARGV[4] == '' then
    redis.call('HDEL', q .. ':jobs', ARGV[i])
    redis.call('HDEL', q .. ':priorities', ARGV[i])
    redis.call('HDEL', q .. ':incomplete', ARGV[i])
  else
    redis.call('HSET', q .. ':incomplete', ARGV[i], ARGV[4])
  end
end
if ARGV[4] == '' or redis.call('HLEN', q .. ':failed') == 0 then
  redis.call('UNLINK', q .. ':state', q .. ':number', KEYS[2])
end
return 1
