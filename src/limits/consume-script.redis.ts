import { STAMPS_KEPT } from './admission.js';

/** A state outlives its last admission by this, should the server's clock be set back a little. */
const GRACE_MS = 60_000;

/** Reading and writing numbers, and the frame of the demand whose arguments begin after `base`. */
const FUNCTIONS = `local function read(key)
  local text = redis.call('GET', key)
  local list = {}
  if text then for number in string.gmatch(text, '%d+') do list[#list + 1] = tonumber(number) end end
  return list, text
end
local function write(number) return string.format('%.0f', number) end
local function frame(base, now)
  local length = tonumber(ARGV[base + 3])
  if length > 0 then return now - length + 1, now + length end
  for edge = 4, 6 do
    local start, finish = tonumber(ARGV[base + edge]), tonumber(ARGV[base + edge + 1])
    if now >= start and now < finish then return start, finish end
  end
end`;

/**
 * One decision, whole, inside Redis or Valkey: nothing else runs there meanwhile. The arithmetic is that of `admission.ts`, with
 * the server's clock. Each state is one string: group size, filled, when none of it counts any more, then the stamps, newest last, as decimal numbers,
 * which Lua's doubles hold exactly.
 *
 * KEYS: one for each demand. ARGV: whether to count (1) or to look only (0), then for each demand limit, group size,
 * length in microseconds (0 for a calendar window) and four edges of calendar windows.
 * Answers `{count admitted (0 or 1), clock, then for each demand: 1 if it could be decided, the state}`.
 */
export const consumeScript = (clock: string): string => `
local clock = ${clock}
${FUNCTIONS}
local reply, states, all = { 0, write(clock) }, {}, true
for index, key in ipairs(KEYS) do
  local base = 1 + (index - 1) * 7
  local limit, group = tonumber(ARGV[base + 1]), tonumber(ARGV[base + 2])
  local list, text = read(key)
  if #list == 0 then list = { group, 0, 0 } end
  local now = clock
  if #list > 3 and list[#list] > now then now = list[#list] end
  local floor, finish = frame(base, now)
  local decided = floor ~= nil and list[1] == group
  if decided then
    local counted = 0
    for at = #list, 4, -1 do
      if list[at] < floor then break end
      if at == #list then counted = list[2] else counted = counted + group end
    end
    if counted >= limit then all = false end
  else
    all = false
  end
  states[index] = { list, now, floor, finish }
  reply[1 + index * 2] = decided and 1 or 0
  reply[2 + index * 2] = text or ''
end
if not all or ARGV[1] == '0' then
  if all then reply[1] = 1 end
  return reply
end
reply[1] = 1
for index, key in ipairs(KEYS) do
  local list, now, floor, finish = unpack(states[index])
  if #list > 3 and list[#list] >= floor and list[2] < list[1] then
    list[2] = list[2] + 1
    list[#list] = now
  else
    list[2] = 1
    list[#list + 1] = now
  end
  list[3] = math.max(list[3], finish)
  local kept = { write(list[1]), write(list[2]), write(list[3]) }
  for at = math.max(4, #list - ${STAMPS_KEPT - 1}), #list do kept[#kept + 1] = write(list[at]) end
  local text = table.concat(kept, ' ')
  redis.call('SET', key, text, 'PX', write(math.ceil((list[3] - clock) / 1000) + ${GRACE_MS}))
  reply[2 + index * 2] = text
end
return reply`;

/** The server's clock in microseconds. */
export const SERVER_CLOCK = `(function() local now = redis.call('TIME') return now[1] * 1000000 + now[2] end)()`;

/** Puts a state in the place of the one that was read, if it is still there. KEYS: one. ARGV: the old state, the new one. */
export const REPLACE_SCRIPT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1`;
