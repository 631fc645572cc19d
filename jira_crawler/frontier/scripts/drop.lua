-- Lets go of numbers that a worker holds, or, where none are named, of all whose holder fell silent.
-- KEYS: stem. ARGV: worker, numbers.
local q = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if #ARGV == 1 then
  local held = redis.call('HGETALL', q .. ':claims')
  for i = 1, #held, 2 do
    local score = redis.call('ZSCORE', q .. ':workers', held[i + 1])
    if not score or tonumber(score) <= now then redis.call('HDEL', q .. ':claims', held[i]) end
  end
  return 1
end
for i = 2, #ARGV do
  if redis.call('HGET', q .. ':claims', ARGV[i]) == ARGV[1] then redis.call('HDEL', q .. ':claims', ARGV[i]) end
end
return 1
