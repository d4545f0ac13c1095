/**
 * The atomic steps of the protocol engine, as Lua. KEYS[1] is always the stream of requests,
 * KEYS[2] the mark that a run was requested. Ids are compared as two numbers: milliseconds, and the
 * sequence within them.
 */

const HAS_BEEN_READ = `
local function later(a, b)
  local am, as = string.match(a, '^(%d+)-(%d+)$')
  local bm, bs = string.match(b, '^(%d+)-(%d+)$')
  if tonumber(am) ~= tonumber(bm) then return tonumber(am) > tonumber(bm) end
  return tonumber(as) > tonumber(bs)
end

local function readUpTo(group)
  for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local info = {}
    for i = 1, #fields, 2 do info[fields[i]] = fields[i + 1] end
    if info['name'] == group then return info['last-delivered-id'] end
  end
  return nil
end

local function hasBeenRead(entry, group)
  local upTo = readUpTo(group)
  return upTo ~= nil and not later(entry, upTo)
end
`;

/**
 * Adds a request once. ARGV: field, request, life of the mark in ms. Returns the entry's id, old or
 * new.
 */
export const ENQUEUE = `
local entry = redis.call('GET', KEYS[2])
if entry then return entry end
entry = redis.call('XADD', KEYS[1], '*', ARGV[1], ARGV[2])
redis.call('SET', KEYS[2], entry, 'PX', ARGV[3])
return entry`;

/**
 * Takes a request back that no worker has read. ARGV: group of the workers. Returns removed,
 * started or unknown.
 */
export const REMOVE = `${HAS_BEEN_READ}
local entry = redis.call('GET', KEYS[2])
if not entry or #redis.call('XRANGE', KEYS[1], entry, entry) == 0 then
  return 'unknown'
end
if hasBeenRead(entry, ARGV[1]) then return 'started' end
redis.call('XDEL', KEYS[1], entry)
return 'removed'`;

/** Where a request is. ARGV: group of the workers. Returns queued, active, ended or unknown. */
export const LOCATE = `${HAS_BEEN_READ}
local entry = redis.call('GET', KEYS[2])
if not entry then return 'unknown' end
local held = #redis.call('XRANGE', KEYS[1], entry, entry) > 0
if readUpTo(ARGV[1]) == nil then return held and 'queued' or 'unknown' end
if not hasBeenRead(entry, ARGV[1]) then return held and 'queued' or 'unknown' end
if #redis.call('XPENDING', KEYS[1], ARGV[1], entry, entry, 1) > 0 then
  return 'active'
end
return 'ended'`;

/**
 * Depth of a stream of requests. ARGV: group of the workers.
 * Returns waiting, active, and the id of the oldest waiting entry ('' if none).
 */
export const MEASURE = `${HAS_BEEN_READ}
if redis.call('EXISTS', KEYS[1]) == 0 then return {0, 0, ''} end
local upTo, active, lag = nil, 0, nil
for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local info = {}
  for i = 1, #fields, 2 do info[fields[i]] = fields[i + 1] end
  if info['name'] == ARGV[1] then
    upTo, active, lag = info['last-delivered-id'], info['pending'], info['lag']
  end
end
local after = '-'
if upTo then after = '(' .. upTo end
local oldest = redis.call('XRANGE', KEYS[1], after, '+', 'COUNT', 1)
if #oldest == 0 then return {0, active, ''} end
if not upTo then return {redis.call('XLEN', KEYS[1]), 0, oldest[1][1]} end
if not lag then lag = redis.call('XLEN', KEYS[1]) - active end
return {lag, active, oldest[1][1]}`;
