/*
 * Cases that nobody has thought of, the same for the same seed.
 */
import fc from 'fast-check';
import type { RateLimitOverrideRecord } from '../rate-limits';
import { decide, type Decision, type GoldenCase } from './decisions';
import { goldenSignature } from './goldenCases';

const YEAR_2020 = Date.UTC(2020, 0, 1);
const YEAR_2035 = Date.UTC(2035, 0, 1);

const { integer, constantFrom, record, option, tuple, array, oneof, string } =
  fc;
const present = { nil: undefined };

const jobName = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/)
  .filter(name => name.length <= 200);
const someText = oneof(
  string({ unit: 'binary', maxLength: 40 }),
  string({ unit: 'grapheme', maxLength: 120 }),
  string({ unit: constantFrom(...'aZ9._:-~/ %å🏔'), maxLength: 250 }),
);
const moment = integer({ min: YEAR_2020, max: YEAR_2035 });
const zone = constantFrom(
  ...['Europe/Stockholm', 'America/New_York', 'Australia/Lord_Howe', 'UTC'],
  ...['America/Santiago', 'Asia/Kolkata', 'Pacific/Auckland'],
  ...['America/St_Johns', 'Europe/London', 'Asia/Tokyo', 'Pacific/Chatham'],
);

/** A field of a cron expression, now and then one that is wrong. */
function field(least: number, most: number): fc.Arbitrary<string> {
  const value = integer({ min: least, max: most });
  const range = tuple(value, value).map(([a, b]) =>
    a <= b ? `${a}-${b}` : `${b}-${a}`,
  );
  const item = oneof(
    { weight: 6, arbitrary: value.map(String) },
    { weight: 2, arbitrary: range },
    tuple(range, integer({ min: 1, max: 9 })).map(([r, n]) => `${r}/${n}`),
    tuple(value, integer({ min: 1, max: 30 })).map(([v, n]) => `${v}/${n}`),
    integer({ min: 1, max: 70 }).map(n => `*/${n}`),
  );
  return oneof(
    { weight: 5, arbitrary: fc.constant('*') },
    { weight: 6, arbitrary: value.map(String) },
    {
      weight: 3,
      arbitrary: array(item, { minLength: 1, maxLength: 3 }).map(items =>
        items.join(','),
      ),
    },
  );
}
const days = oneof(
  { weight: 6, arbitrary: field(1, 31) },
  constantFrom('L', '?', '1,L'),
);
const weekdays = oneof(
  { weight: 6, arbitrary: field(0, 7) },
  tuple(integer({ min: 0, max: 7 }), integer({ min: 1, max: 5 })).map(
    ([day, nth]) => `${day}#${nth}`,
  ),
  integer({ min: 0, max: 7 }).map(day => `${day}L`),
  constantFrom('MON-FRI', 'sun', '?', 'SAT,SUN'),
);
const months = oneof(
  { weight: 6, arbitrary: field(1, 12) },
  constantFrom('JAN', 'feb,mar', 'APR-JUN'),
);
const cron = tuple(
  option(field(0, 59), present),
  field(0, 59),
  field(0, 23),
  days,
  months,
  weekdays,
).map(parts => parts.filter(part => part !== undefined).join(' '));
const anyCron = oneof(
  cron,
  string({ unit: constantFrom(...'*/,-?L#0123456789 JAN'), maxLength: 20 }),
);

const ipv4 = fc.ipV4();
const ipv6 = oneof(
  fc.ipV6(),
  ipv4.map(text => `::ffff:${text}`),
  integer({ min: 0, max: 15 }).map(n => `2001:db8:${n.toString(16)}::1`),
);
const ip = oneof(ipv4, ipv6);
const addressText = oneof(
  { weight: 4, arbitrary: ip },
  string({ unit: constantFrom(...'0123456789abcdef:.%[]'), maxLength: 24 }),
);
const cidrText = oneof(
  tuple(ipv4, integer({ min: 0, max: 33 })).map(([a, n]) => `${a}/${n}`),
  tuple(ipv6, integer({ min: 0, max: 130 })).map(([a, n]) => `${a}/${n}`),
);

/** Of few networks, so that many lie in each other. */
const near = oneof(
  tuple(integer({ min: 0, max: 3 }), integer({ min: 0, max: 3 })).map(
    ([a, b]) => `10.0.${a}.${b}`,
  ),
  integer({ min: 0, max: 3 }).map(n => `::ffff:10.0.0.${n}`),
  integer({ min: 0, max: 3 }).map(n => `2001:db8:${n}::1`),
);
const nearNetwork = oneof(
  tuple(near, integer({ min: 96, max: 128 })),
  tuple(near, integer({ min: 20, max: 32 })),
).map(([address, prefix]) => `${address}/${prefix}`);
const nearby = integer({ min: -5, max: 5 });
const START = Date.UTC(2026, 0, 1);
const override = record({
  subject: oneof(
    constantFrom('a', 'b', 'c').map(tenant => ({ kind: 'tenant', tenant })),
    near.map(text => ({ kind: 'ip', ip: text })),
    nearNetwork.map(text => ({ kind: 'cidr', cidr: text })),
  ),
  limiter: constantFrom(undefined, 'api', 'search'),
  start: nearby,
  length: integer({ min: 4, max: 12 }),
});
const overrides = array(override, { maxLength: 12 }).map(found =>
  found.map(
    ({ subject, limiter, start, length }, i) =>
      ({
        v: 1,
        id: `o${i}`,
        // no two are changed at once
        revision: ((i * 5) % 11) + 1,
        subject,
        limiter,
        limit: { kind: 'unlimited' },
        startsAt: new Date(START + start).toISOString(),
        endsAt: new Date(START + start + length).toISOString(),
      } as RateLimitOverrideRecord),
  ),
);

const secretText = array(
  oneof(
    constantFrom(
      ...['password', 'api_key', 'Bearer ', 'Basic ', 'token', '://u:', '@h'],
      ...['=', ': ', '"', "'", ' ', '\n', ',', '}', '[redacted]', 'pan', 'ssn'],
      ...['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', '-'],
      ...['eyJabcdefgh1.abcdefgh2.abc', 'ghp_', 'AKIAABCDEFGHIJKLMNOP'],
      ...['sk_live_', 'whsec_', 'xoxb-', 'authorization', 'å', '\u00a0'],
    ),
    string({ unit: constantFrom(...'abcXYZ0129_/+.='), maxLength: 24 }),
  ),
  { maxLength: 14 },
).map(parts => parts.join(''));
const fieldName = constantFrom(
  ...['name', 'Password', 'api-key', 'x-token', 'pan', 'panel', 'note', 'SSN'],
);
const { value: secretValue } = fc.letrec<{ value: unknown }>(tie => ({
  value: oneof(
    { maxDepth: 4 },
    secretText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fieldName, tie('value'), { maxKeys: 3 }),
    fc
      .dictionary(fieldName, secretText, { maxKeys: 3 })
      .map(held => JSON.stringify(held)),
  ),
}));

type Given = { [D in Decision]?: [share: number, given: fc.Arbitrary<any>] };

/** Of each decision, its share of all cases in thousandths, and what is given. */
const KINDS: Given = {
  encodeName: [
    40,
    record({
      text: someText,
      limit: option(integer({ min: 40, max: 200 }), present),
    }),
  ],
  encodeTenant: [40, record({ tenant: someText })],
  tenantRunId: [40, record({ job: jobName, slot: moment, tenant: someText })],
  derivedRunId: [
    40,
    record({
      job: jobName,
      engineJobId: oneof(someText, fc.constant('repeat:a:1795482840000')),
      createdAt: oneof(
        moment,
        fc.double({ min: -1000, max: 1e13, noNaN: true }),
      ),
    }),
  ],
  separateRunId: [
    10,
    record({ runId: jobName, suffix: fc.constant('again-1') }),
  ],
  tenantProblem: [50, record({ tenant: someText })],
  hashSlot: [30, record({ key: someText })],
  keys: [
    50,
    record({
      namespace: constantFrom('operations', '{ops}', 'shop'),
      job: jobName,
      runId: jobName,
      cluster: fc.boolean(),
      runStreams: option(integer({ min: 1, max: 64 }), present),
    }),
  ],
  isCron: [60, record({ cron: anyCron })],
  nextSlot: [200, record({ cron, timezone: zone, moment })],
  slotBefore: [10, record({ cron, timezone: zone, moment })],
  variantAt: [
    40,
    record({
      flag: record({
        variant: constantFrom('on', 'off', null),
        until: nearby.map(n => new Date(START + n).toISOString()),
        afterVariant: constantFrom('on', null),
      }),
      at: nearby.map(n => START + n),
    }),
  ],
  address: [40, record({ text: addressText })],
  clientAddress: [30, record({ text: addressText })],
  clientKey: [20, record({ text: addressText })],
  cidr: [40, record({ text: cidrText })],
  override: [
    100,
    record({
      records: overrides,
      at: nearby.map(n => START + n),
      limiter: constantFrom(undefined, 'api'),
      tenant: constantFrom(undefined, 'a', 'b'),
      ip: option(near, present),
    }),
  ],
  quota: [
    20,
    record({
      quota: fc.constant({ limit: 7, windowSeconds: 60 }),
      limit: fc
        .double({ min: 0.001, max: 1e6, noNaN: true })
        .map(factor => ({ kind: 'multiplier', factor })),
    }),
  ],
  maintenance: [
    40,
    record({
      windows: array(
        tuple(nearby, integer({ min: 1, max: 4 }), fc.boolean()).map(
          ([start, length, isOffline]) => ({
            start: START + start,
            end: START + start + length,
            mode: isOffline ? 'offline' : 'read-only',
          }),
        ),
        { maxLength: 5 },
      ),
      at: nearby.map(n => START + n),
    }),
  ],
  redactText: [60, record({ text: secretText })],
  redactValue: [30, record({ value: secretValue })],
  verify: [
    10,
    tuple(
      jobName,
      constantFrom('run', 'cancel'),
      integer({ min: 0, max: 200 }),
    ).map(([name, kind, place]) => {
      const runId = name.replace(/:/g, '~');
      const { jws, keys } = goldenSignature({ runId }, START);
      // now and then with one character of it changed
      const other = jws[place] === 'A' ? 'B' : 'A';
      const changed = jws.slice(0, place) + other + jws.slice(place + 1);
      return {
        jws: place < 100 ? jws : changed,
        keys,
        kind,
        now: START + place * 500,
      };
    }),
  ],
};

/** So many cases, as good as: the share of each decision is rounded. */
export function* randomCases(
  seed: number,
  count: number,
): Generator<GoldenCase> {
  for (const [decision, [share, given]] of Object.entries(KINDS)) {
    const numRuns = Math.round((count * share) / 1000);
    for (const one of fc.sample(given, { seed, numRuns })) {
      yield decide(decision as Decision, one);
    }
  }
}
