-- The pacer of pacer.py and the lessons of lessons.py, in Redis and on its clock; ask.lua and pause.lua are appended
-- to this. Everything is in ms. KEYS: line (hash), recent (list of when requests left), hours (hash: hour → requests).
-- ARGV: what is asked, as JSON.
local asked = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

local pacer = {
  gap = 0, first = 1, start = 0, next = 1, last = 0, ['until'] = 0, sent = 0, lessons = 0,
  told = 0, told_until = 0, guess = 0, kept = 0, till = 0, worth = 0, busy = 0, busy_till = 0,
  mark = 0, since = 0, vain = 0, run = 0, usual = 0, untaught = 0
}
local found = redis.call('HGETALL', KEYS[1])
for i = 1, #found, 2 do pacer[found[i]] = tonumber(found[i + 1]) end
if pacer.last > now then -- the clock was set back, and so is the pacer
  local back = pacer.last - now
  for _, name in ipairs({'start', 'last', 'until', 'told_until', 'kept', 'since'}) do
    pacer[name] = pacer[name] - back
  end
end

local function told()
  return now < pacer.told_until and pacer.told or 0
end

local function keep(guess)
  pacer.guess, pacer.till, pacer.kept = guess, pacer.sent + pacer.worth, now + asked.keep_guessed
end

-- What was told or guessed, without what is added while a site is busy.
local function pace()
  if pacer.guess > 0 and (pacer.sent >= pacer.till or now >= pacer.kept) then
    keep(pacer.guess / 2)
    pacer.vain = 0
  end
  if pacer.guess <= math.max(told(), asked.fastest) then pacer.guess = 0 end
  return math.max(told(), pacer.guess)
end

local function known()
  local slow = pace()
  if pacer.busy > 0 and pacer.sent >= pacer.busy_till then
    pacer.since = pacer.since + asked.ease * pacer.busy -- it was we who were so slow, and not the site
    pacer.busy, pacer.busy_till = pacer.busy / 2, pacer.sent + asked.ease
  end
  if pacer.busy <= math.max(slow, asked.fastest) then pacer.busy = 0 end
  return math.max(slow, pacer.busy)
end

local function moment(ticket)
  return ticket >= pacer.first and pacer.start + (ticket - pacer.first) * pacer.gap or 0
end

-- Lets those whose moment is still to come have theirs from `earliest` on, in the same order.
local function move(earliest, gap)
  local first = pacer.first
  if pacer.start <= now then
    first = pacer.gap > 0 and first + math.floor((now - pacer.start) / pacer.gap) + 1 or pacer.next
  end
  first = math.min(first, pacer.next)
  pacer.start, pacer.first, pacer.gap = math.max(moment(first), earliest), first, gap
end

local function write()
  local fields = {}
  for name, value in pairs(pacer) do
    fields[#fields + 1] = name
    fields[#fields + 1] = string.format('%.17g', value)
  end
  redis.call('HSET', KEYS[1], unpack(fields))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', asked.keep + math.max(0, pacer['until'] - now)))
end
