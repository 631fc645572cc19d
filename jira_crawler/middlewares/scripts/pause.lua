-- Stops everybody and learns from what was told or refused: {ms of pause that were added, ms of the pace, 1 if the site
-- was found to refuse at random}.
local function tell()
  if asked.told > 0 then
    pacer.told, pacer.told_until = math.min(math.max(asked.told, told()), asked.longest), now + asked.keep_told
  end
end

local function guess(gap, came)
  pacer.worth = asked.worth * came
  keep(math.min(gap, asked.slowest, asked.longest))
end

-- The pace that is news, or 0.
local function news(before)
  pacer.lessons = pacer.lessons + 1
  local slow = pace()
  return slow > before and slow or 0
end

local function warned()
  local before = pace()
  tell()
  if pace() == before then return 0 end
  pacer.since, pacer.mark = now, pacer.sent
  return news(before)
end

-- The same, and 1 if the site refuses at random.
local function refused()
  local before = pace()
  local came, passed = math.max(0, asked.number - pacer.mark - 1), now - pacer.since
  pacer.mark = pacer.sent
  tell()
  local newer = told() > before -- which says more than anything that was let through
  if came > 0 or newer then pacer.since = now end
  if pacer.untaught > 0 then
    pacer.run = pacer.run + (came - pacer.run) / asked.smooth
    pacer.untaught = pacer.run * asked.sooner >= pacer.usual and pacer.untaught - 1 or 0
    if pacer.untaught > 0 then return news(before), 0 end
    pacer.vain = 0
  end
  if newer then
    pacer.vain = 0
  elseif came == 0 then
    pacer.busy, pacer.busy_till = math.min(asked.pause, asked.slowest, asked.longest), pacer.sent + asked.ease
  elseif before > 0 then
    pacer.run = (pacer.run * pacer.vain + came) / (pacer.vain + 1)
    pacer.vain = pacer.vain + 1
    if pacer.vain > (pacer.run >= asked.few and asked.vain or asked.vain_at_few) then
      pacer.guess, pacer.usual, pacer.untaught = 0, pacer.run, asked.untaught
      pacer.lessons = pacer.lessons + 1
      return 0, 1
    end
    guess(math.max(before, passed / came * asked.margin), came)
  else
    -- what was let through until now may be what is let through until the pause is over
    local sent = math.max(1, redis.call('LLEN', KEYS[2]) - (pacer.sent - asked.number) - 1)
    local span = now - (tonumber(redis.call('LINDEX', KEYS[2], 0) or now))
    guess(math.max(span + asked.pause, asked.least) / sent * asked.margin, came)
  end
  return news(before), 0
end

local taught, random = 0, 0
if asked.lesson < 0 then
  taught = warned()
elseif asked.lesson == pacer.lessons then -- else it was under way when the last lesson was learned
  taught, random = refused()
end

local pause = asked.pause
if taught > 0 then pause = math.max(pause, math.min(pause + math.min(asked.spare * taught, asked.least), asked.longest)) end
local before = math.max(pacer['until'], now)
pacer['until'] = math.max(pacer['until'], now + pause)
move(math.max(pacer['until'], now), math.max(pacer.gap, taught))
local slow = pace()
write()
return {math.ceil(math.max(0, pacer['until'] - before)), math.ceil(slow), random}
