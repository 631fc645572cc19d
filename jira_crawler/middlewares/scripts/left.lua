-- How many requests does the budget leave? Nothing is spent, and nothing written.
local hour = math.floor(now / 3600000)
local spent = 0
local hours = redis.call('HGETALL', KEYS[3])
for i = 1, #hours, 2 do
  if tonumber(hours[i]) > hour - asked.window then spent = spent + hours[i + 1] end
end
return {math.max(0, asked.limit - spent)}
