-- Takes a task, unless one with its fingerprint was ever taken, or its round is over: 1 if it did, else 0.
-- KEYS: stem, fingerprints. ARGV: data, priority, fingerprint, project or '', watermark or '', round.
local q = KEYS[1]
if redis.call('HGET', q .. ':state', 'run') ~= ARGV[6] then return 0 end
if redis.call('SADD', KEYS[2], ARGV[3]) == 0 then return 0 end
if redis.call('EXISTS', q .. ':number') == 0 then
  -- Who slept through the end of a round lets go of ids of it: they never come again, whatever became of Redis.
  local time = redis.call('TIME')
  redis.call('SET', q .. ':number', string.format('%.0f', time[1] * 1000000 + time[2]))
end
local id = string.format('%016d', redis.call('INCR', q .. ':number'))
local urgency = tonumber(redis.call('HGET', q .. ':priorities', ARGV[4]) or '0')
local score = -(urgency * 1000 + ARGV[2])
redis.call('HSET', q .. ':data', id, ARGV[1])
redis.call('HSET', q .. ':scores', id, score)
if ARGV[4] ~= '' then redis.call('HSET', q .. ':projects', id, ARGV[4]) end
if ARGV[5] ~= '' then redis.call('ZADD', q .. ':watermarks:' .. ARGV[4], ARGV[5], id) end
redis.call('ZADD', q .. ':tasks', score, id)
return 1
