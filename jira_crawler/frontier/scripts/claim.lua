-- Gives a worker those of some numbers that nobody holds, or whose holder fell silent; what it holds already stays its own.
-- KEYS: stem. ARGV: worker, numbers.
local q = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local living = redis.call('ZSCORE', q .. ':workers', ARGV[1])
if not living or tonumber(living) <= now then return {} end  -- whoever shows no sign of life could not keep them
local taken = {}
for i = 2, #ARGV do
  local holder = redis.call('HGET', q .. ':claims', ARGV[i])
  if holder and holder ~= ARGV[1] then
    local score = redis.call('ZSCORE', q .. ':workers', holder)
    if score and tonumber(score) > now then holder = 'somebody' else holder = false end
  end
  if not holder or holder == ARGV[1] then
    redis.call('HSET', q .. ':claims', ARGV[i], ARGV[1])
    taken[#taken + 1] = ARGV[i]
  end
end
return taken
