-- Takes a request, unless one with its fingerprint was ever taken: 1 if it did, else 0.
-- KEYS: stem, fingerprints. ARGV: data, priority, fingerprint or '', project or '', floor or ''.
local q = KEYS[1]
if ARGV[3] ~= '' and redis.call('SADD', KEYS[2], ARGV[3]) == 0 then return 0 end
local id = string.format('%016d', redis.call('INCR', q .. ':number'))
local urgency = tonumber(redis.call('HGET', q .. ':priorities', ARGV[4]) or '0')
local score = -(urgency * 1000 + ARGV[2])
redis.call('HSET', q .. ':data', id, ARGV[1])
redis.call('HSET', q .. ':scores', id, score)
if ARGV[4] ~= '' then
  redis.call('HSET', q .. ':walks', id, ARGV[4])
  redis.call('ZADD', q .. ':floors:' .. ARGV[4], ARGV[5], id)
end
redis.call('ZADD', q .. ':requests', score, id)
return 1
