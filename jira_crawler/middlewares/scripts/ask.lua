-- May a request go now? {'go', ticket, lesson, number}, {'wait', ticket, ms, ms of a pause} or {'spent'}.
local hour = math.floor(now / 3600000)
if asked.limit > 0 then
  local spent = 0
  local hours = redis.call('HGETALL', KEYS[3])
  for i = 1, #hours, 2 do
    if tonumber(hours[i]) > hour - asked.window then
      spent = spent + hours[i + 1]
    elseif tonumber(hours[i]) <= hour - 2 * asked.window then
      redis.call('HDEL', KEYS[3], hours[i])
    end
  end
  if spent >= asked.limit then return {'spent'} end
end

local gap = math.max(asked.delay, known())
if gap ~= pacer.gap then move(math.max(now, pacer.last + gap), gap) end
local ticket = asked.ticket
if ticket == 0 then
  ticket = pacer.next
  pacer.next = ticket + 1
end
local at = math.max(moment(ticket), pacer['until'], pacer.last + gap)
if at > now then
  write()
  return {'wait', ticket, math.ceil(at - now), math.ceil(math.max(0, pacer['until'] - now))}
end

if asked.limit > 0 then
  redis.call('HINCRBY', KEYS[3], hour, 1)
  redis.call('PEXPIRE', KEYS[3], asked.keep)
end
redis.call('RPUSH', KEYS[2], string.format('%.17g', now))
redis.call('PEXPIRE', KEYS[2], asked.recent)
while tonumber(redis.call('LINDEX', KEYS[2], 0)) < now - asked.recent do redis.call('LPOP', KEYS[2]) end
redis.call('LTRIM', KEYS[2], -asked.most, -1)
pacer.last, pacer.sent = now, pacer.sent + 1
move(now + gap, gap)
write()
return {'go', ticket, pacer.lessons, pacer.sent}
