-- The line of line.py and the lessons of lessons.py, in Redis and on its clock; ask.lua and rest.lua are appended to
-- this. Everything is in ms. KEYS: line (hash), recent (list of when requests left), hours (hash: hour → requests).
-- ARGV: what is asked, as JSON.
local asked = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

local line = {
  gap = 0, first = 1, start = 0, next = 1, last = 0, ['until'] = 0, sent = 0, lessons = 0,
  told = 0, told_until = 0, guess = 0, kept = 0, till = 0, worth = 0, busy = 0, busy_till = 0,
  mark = 0, since = 0, vain = 0, run = 0, usual = 0, untaught = 0
}
local found = redis.call('HGETALL', KEYS[1])
for i = 1, #found, 2 do line[found[i]] = tonumber(found[i + 1]) end
if line.last > now then -- the clock was set back, and so is the line
  local back = line.last - now
  for _, name in ipairs({'start', 'last', 'until', 'told_until', 'kept', 'since'}) do
    line[name] = line[name] - back
  end
end

local function told()
  return now < line.told_until and line.told or 0
end

local function keep(guess)
  line.guess, line.till, line.kept = guess, line.sent + line.worth, now + asked.keep_guessed
end

-- What was told or guessed, without what is added while a site is busy.
local function pace()
  if line.guess > 0 and (line.sent >= line.till or now >= line.kept) then
    keep(line.guess / 2)
    line.vain = 0
  end
  if line.guess <= math.max(told(), asked.fastest) then line.guess = 0 end
  return math.max(told(), line.guess)
end

local function known()
  local slow = pace()
  if line.busy > 0 and line.sent >= line.busy_till then
    line.since = line.since + asked.ease * line.busy -- it was we who were so slow, and not the site
    line.busy, line.busy_till = line.busy / 2, line.sent + asked.ease
  end
  if line.busy <= math.max(slow, asked.fastest) then line.busy = 0 end
  return math.max(slow, line.busy)
end

local function moment(ticket)
  return ticket >= line.first and line.start + (ticket - line.first) * line.gap or 0
end

-- Lets those whose moment is still to come have theirs from `earliest` on, in the same order.
local function move(earliest, gap)
  local first = line.first
  if line.start <= now then
    first = line.gap > 0 and first + math.floor((now - line.start) / line.gap) + 1 or line.next
  end
  first = math.min(first, line.next)
  line.start, line.first, line.gap = math.max(moment(first), earliest), first, gap
end

local function write()
  local fields = {}
  for name, value in pairs(line) do
    fields[#fields + 1] = name
    fields[#fields + 1] = string.format('%.17g', value)
  end
  redis.call('HSET', KEYS[1], unpack(fields))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', asked.keep + math.max(0, line['until'] - now)))
end
