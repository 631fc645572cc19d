-- Stops everybody and learns a pace from what was told or refused: {ms of rest that were added, ms of the pace}.
local taught = 0
local refused = asked.lesson >= 0
if not refused or asked.lesson == line.lessons then -- else it was under way when the last lesson was learned
  local known = known()
  if asked.told > 0 then taught = math.max(asked.told, known) end
  if refused then
    local pace = asked.told
    if pace == 0 then -- what was let through until now may be what is let through until the rest is over
      local accepted = redis.call('LLEN', KEYS[2]) - (line.sent - asked.number) - 1
      local span = now - (tonumber(redis.call('LINDEX', KEYS[2], 0) or now))
      pace = math.max(span + asked.rest, asked.least) / math.max(1, accepted) * asked.margin
      pace = math.min(pace, asked.slowest)
    end
    taught = math.max(pace, math.min(2 * known, math.max(asked.slowest, asked.told)))
  end
  taught = math.min(taught, asked.longest)
  if taught > 0 then line.learned, line.kept = taught, now + asked.kept end
  if taught == known then taught = 0 else line.lessons = line.lessons + 1 end
end

local rest = asked.rest
if taught > 0 then rest = math.min(rest + math.min(asked.spare * taught, asked.least), asked.longest) end
local before = math.max(line['until'], now)
line['until'] = math.max(line['until'], now + rest)
move(math.max(line['until'], now), math.max(line.gap, taught))
write()
return {math.ceil(math.max(0, line['until'] - before)), math.ceil(known())}
