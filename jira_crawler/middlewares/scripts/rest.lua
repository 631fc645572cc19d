-- Stops everybody and learns from what was told or refused: {ms of rest that were added, ms of the pace, 1 if the site
-- was found to refuse at random}.
local function tell()
  if asked.told > 0 then
    line.told, line.told_until = math.min(math.max(asked.told, told()), asked.longest), now + asked.keep_told
  end
end

local function guess(gap, came)
  line.worth = asked.worth * came
  keep(math.min(gap, asked.slowest, asked.longest))
end

-- The pace that is news, or 0.
local function news(before)
  line.lessons = line.lessons + 1
  local slow = pace()
  return slow > before and slow or 0
end

local function warned()
  local before = pace()
  tell()
  if pace() == before then return 0 end
  line.since, line.mark = now, line.sent
  return news(before)
end

-- The same, and 1 if the site refuses at random.
local function refused()
  local before = pace()
  local came, passed = math.max(0, asked.number - line.mark - 1), now - line.since
  line.mark = line.sent
  tell()
  local newer = told() > before -- which says more than anything that was let through
  if came > 0 or newer then line.since = now end
  if line.untaught > 0 then
    line.run = line.run + (came - line.run) / asked.smooth
    line.untaught = line.run * asked.sooner >= line.usual and line.untaught - 1 or 0
    if line.untaught > 0 then return news(before), 0 end
    line.vain = 0
  end
  if newer then
    line.vain = 0
  elseif came == 0 then
    line.busy, line.busy_till = math.min(asked.rest, asked.slowest, asked.longest), line.sent + asked.ease
  elseif before > 0 then
    line.run = (line.run * line.vain + came) / (line.vain + 1)
    line.vain = line.vain + 1
    if line.vain > (line.run >= asked.few and asked.vain or asked.vain_at_few) then
      line.guess, line.usual, line.untaught = 0, line.run, asked.untaught
      line.lessons = line.lessons + 1
      return 0, 1
    end
    guess(math.max(before, passed / came * asked.margin), came)
  else
    -- what was let through until now may be what is let through until the rest is over
    local sent = math.max(1, redis.call('LLEN', KEYS[2]) - (line.sent - asked.number) - 1)
    local span = now - (tonumber(redis.call('LINDEX', KEYS[2], 0) or now))
    guess(math.max(span + asked.rest, asked.least) / sent * asked.margin, came)
  end
  return news(before), 0
end

local taught, random = 0, 0
if asked.lesson < 0 then
  taught = warned()
elseif asked.lesson == line.lessons then -- else it was under way when the last lesson was learned
  taught, random = refused()
end

local rest = asked.rest
if taught > 0 then rest = math.max(rest, math.min(rest + math.min(asked.spare * taught, asked.least), asked.longest)) end
local before = math.max(line['until'], now)
line['until'] = math.max(line['until'], now + rest)
move(math.max(line['until'], now), math.max(line.gap, taught))
local slow = pace()
write()
return {math.ceil(math.max(0, line['until'] - before)), math.ceil(slow), random}
