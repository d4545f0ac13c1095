import { script } from '../../redis/script';

/*
 * The steps of a circuit, each atomic over all dispatchers. KEYS[1] hash of circuits, KEYS[2]
 * stream of reports; ARGV[1] field of the hash, ARGV[2] JSON of the endpoint's report, which goes
 * to the portal in the same step where the circuit opens or closes. Time is the server's own, so
 * that machines need not agree. Each returns {what happened, JSON of the circuit or ''}.
 */
const COMMON = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local report = cjson.decode(ARGV[2])
local kept = redis.call('HGET', KEYS[1], ARGV[1])
local ok, circuit = pcall(cjson.decode, kept or '')
if not ok or type(circuit) ~= 'table' or not circuit.failures or not circuit.openings then
  kept = nil
  circuit = {v = 1, tenant = report.tenant, endpoint = report.endpoint, failures = 0, openings = 0}
end
local function save()
  local json = cjson.encode(circuit)
  redis.call('HSET', KEYS[1], ARGV[1], json)
  return json
end
local function publish(state)
  report.state = state
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'record', cjson.encode(report))
end
local function unprobed()
  circuit.probeBy = nil
  circuit.probeUntilMs = nil
end
`;

/**
 * The endpoint failed. ARGV[3] stream's length; failures that open, cooldown, most cooldown, jitter
 * (0 to 1). Answers 'opened' where it opens or stays open anew.
 */
export const circuitFailed = script(`${COMMON}
circuit.failures = circuit.failures + 1
circuit.error = report.error
unprobed()
local closed = circuit.openings == 0
local opens = closed and circuit.failures >= tonumber(ARGV[4])
  or not closed and now >= (circuit.openUntilMs or 0)
if opens then
  local cooldown = math.min(ARGV[5] * 2 ^ circuit.openings, tonumber(ARGV[6]))
  local pause = math.floor(cooldown * (0.75 + ARGV[7] / 4))
  circuit.openings = circuit.openings + 1
  circuit.openUntilMs = now + pause
  if closed then circuit.since = report.since end
  report.since = circuit.since
  report.openForMs = pause
  publish('down')
end
return {opens and 'opened' or '', save()}
`);

/**
 * The endpoint took something, or answered at all: there is nothing against it. ARGV[3] stream's
 * length. Answers 'up' where it was down.
 */
export const circuitClosed = script(`${COMMON}
redis.call('HDEL', KEYS[1], ARGV[1])
local was = circuit.openings > 0 or circuit.disabled
if was then
  report.error = nil
  publish('up')
end
return {was and 'up' or '', ''}
`);

/** The endpoint asked to be left alone (429, Retry-After). ARGV[4] for how many ms. */
export const circuitPaused = script(`${COMMON}
circuit.openUntilMs = math.max(circuit.openUntilMs or 0, now + ARGV[4])
circuit.error = report.error
unprobed()
return {'', save()}
`);

/** The endpoint answered 410. ARGV[3] stream's length. Answers 'disabled' where that is news. */
export const circuitDisabled = script(`${COMMON}
local news = not circuit.disabled
circuit.disabled = true
circuit.since = report.since
circuit.error = report.error
unprobed()
if news then publish('disabled') end
return {news and 'disabled' or '', save()}
`);

/**
 * Asks to be the one that goes to see. ARGV[3] who, for how many ms at most, '1' to go at once.
 * Answers 'go', or '' where another goes or it is too early.
 */
export const circuitProbe = script(`${COMMON}
local opened = circuit.openings > 0 or circuit.disabled
local due = now >= (circuit.openUntilMs or 0)
if not opened then return {due and 'go' or '', kept or ''} end
local free = now >= (circuit.probeUntilMs or 0)
local may = free and (ARGV[5] == '1' or due and not circuit.disabled)
if may then
  circuit.probeBy = ARGV[3]
  circuit.probeUntilMs = now + ARGV[4]
  return {'go', save()}
end
return {'', kept}
`);

/** Who went to see learned nothing. ARGV[3] who. */
export const circuitAbandoned = script(`${COMMON}
if not kept then return {'', ''} end
if circuit.probeBy == ARGV[3] then unprobed() end
return {'', save()}
`);
