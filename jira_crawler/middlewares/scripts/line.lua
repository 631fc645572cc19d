-- The line of line.py, in Redis and on its clock; ask.lua and rest.lua are appended to this. Everything is in ms.
-- KEYS: line (hash), recent (list of when requests left), hours (hash: hour → requests). ARGV: what is asked, as JSON.
local asked = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

local line = {
  gap = 0, first = 1, start = 0, next = 1, last = 0, ['until'] = 0, learned = 0, kept = 0, lessons = 0, sent = 0
}
local found = redis.call('HGETALL', KEYS[1])
for i = 1, #found, 2 do line[found[i]] = tonumber(found[i + 1]) end
if line.last > now then -- the clock was set back, and so is the line
  local back = line.last - now
  for _, name in ipairs({'start', 'last', 'until', 'kept'}) do line[name] = line[name] - back end
end

local function known()
  return now < line.kept and line.learned or 0
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
  redis.call('PEXPIRE', KEYS[1], asked.keep)
end
