/*
 * The cases in `golden/`, by file: what somebody has thought of. `randomCases.ts` has the rest.
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { SignedRunRequest } from '../jobs';
import type { RateLimitOverrideRecord } from '../rate-limits';
import { KeyRing, signRequest } from '../signing';
import { decide, type GoldenCase } from './decisions';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 1, 12);
const at = (offset: number) => new Date(NOW + offset).toISOString();

/** Zones, and a moment before a change of their clocks. */
const CHANGES: Array<[string, number]> = [
  ['Europe/Stockholm', Date.UTC(2026, 2, 28, 12)],
  ['Europe/Stockholm', Date.UTC(2026, 9, 24, 12)],
  ['America/New_York', Date.UTC(2026, 2, 7, 18)],
  ['America/New_York', Date.UTC(2026, 9, 31, 18)],
  ['Australia/Lord_Howe', Date.UTC(2026, 3, 3, 18)],
  ['Australia/Lord_Howe', Date.UTC(2026, 9, 2, 18)],
  ['America/Santiago', Date.UTC(2026, 3, 3, 12)],
  ['America/Santiago', Date.UTC(2026, 8, 4, 12)],
  ['Asia/Kolkata', Date.UTC(2026, 2, 28, 12)],
  ['UTC', Date.UTC(2028, 1, 28, 12)],
];
const CRONS = [
  '30 2 * * *',
  '0 2 * * *',
  '15 1 * * *',
  '59 23 * * *',
  '0 0 * * *',
  '*/15 * * * *',
  '*/20 1-3 * * *',
  '0 */2 * * *',
  '30 59 1,2,3 * * *',
  '0 3 L * *',
  '0 3 * * 0',
];
const ODD_CRONS = [
  '0 0 29 2 *',
  '0 0 31 * *',
  '0 0 13 * 5',
  '0 0 ? * MON-FRI',
  '0 0 * JAN,dec 1#1',
  '0 0 * * 5L',
  '0 0 L 2 *',
  '0 0 1,15 * 3',
  '0 0 * * 5-7/2',
  '0 0 * * 7',
  '5/20 * * * *',
  // a day that November does not have is as if it were not named
  '0 0 31-31,31,2 11 *',
];
const NO_CRONS = [
  '',
  '* * * *',
  '* * * * * * *',
  '60 * * * *',
  'H 2 * * *',
  '0 0 30 2 *',
  '0 0 * * 0,7',
  '0 0 * * 1#6',
  '0 0 * * 1,2#1',
  '*/0 * * * *',
  '5-1 * * * *',
  '1,1 * * * *',
  '1, * * * *',
  '1*2 * * * *',
  '@daily',
  '0 0 * FOO *',
  '0 0 * * L',
  '0 0 3L * *',
  'a b c d e',
];

function slots(): GoldenCase[] {
  const cases: GoldenCase[] = [];
  for (const [timezone, start] of CHANGES) {
    for (const cron of CRONS) {
      let moment = start;
      for (let i = 0; i < 4; i++) {
        const next = decide('nextSlot', { cron, timezone, moment });
        cases.push(next);
        moment = next.expect as number;
      }
      cases.push(decide('slotBefore', { cron, timezone, moment }));
    }
  }
  for (const cron of ODD_CRONS) {
    const given = { cron, timezone: 'Europe/Stockholm', moment: NOW };
    cases.push(decide('nextSlot', given), decide('slotBefore', given));
  }
  for (const cron of [...CRONS, ...ODD_CRONS, ...NO_CRONS]) {
    cases.push(decide('isCron', { cron }));
  }
  return cases;
}

function override(
  id: string,
  subject: RateLimitOverrideRecord['subject'],
  more: Partial<RateLimitOverrideRecord> = {},
): RateLimitOverrideRecord {
  return {
    v: 1,
    id,
    revision: 1,
    subject,
    limit: { kind: 'unlimited' },
    startsAt: at(-HOUR),
    endsAt: at(HOUR),
    ...more,
  };
}

function rateLimits(): GoldenCase[] {
  const acme = { kind: 'tenant', tenant: 'acme' } as const;
  const cidr = (text: string) => ({ kind: 'cidr', cidr: text } as const);
  const records = [
    override('tenant', acme),
    override('younger', acme, { revision: 7, limiter: 'search' }),
    override('over', acme, { revision: 9, endsAt: at(0) }),
    override('to-come', acme, { revision: 8, startsAt: at(1) }),
    override('exact', { kind: 'ip', ip: '192.0.2.7' }),
    override('net-24', cidr('192.0.2.0/24')),
    override('net-25', cidr('192.0.2.0/25'), { limiter: 'search' }),
    override('net-8', cidr('10.0.0.0/8')),
    override('six', cidr('2001:db8::/32')),
  ];
  const clients = [
    { tenant: 'acme' },
    { tenant: 'acme', ip: '192.0.2.7' },
    { tenant: 'other', ip: '192.0.2.7' },
    { ip: '192.0.2.8' },
    { ip: '::ffff:192.0.2.8' },
    { ip: '::ffff:c000:208' },
    { ip: '192.0.2.200' },
    { ip: '10.255.255.255' },
    { ip: '2001:db8:ffff::1' },
    { ip: '2001:db9::' },
    {},
  ];
  const cases = clients.flatMap(client =>
    [undefined, 'search', 'api'].map(limiter =>
      decide('override', { records, at: NOW, limiter, ...client }),
    ),
  );
  for (const offset of [-HOUR - 1, -HOUR, -1, 1, HOUR - 1, HOUR]) {
    cases.push(
      decide('override', { records, at: NOW + offset, ...clients[1] }),
    );
  }
  const quota = { limit: 5, windowSeconds: 60 };
  for (const factor of [0.0001, 0.1, 0.3, 0.5, 0.7, 1.5, 2, 1e6]) {
    cases.push(
      decide('quota', { quota, limit: { kind: 'multiplier', factor } }),
    );
  }
  cases.push(
    decide('quota', { quota, limit: { kind: 'unlimited' } }),
    decide('quota', { quota, limit: { kind: 'fixed', limit: 9 } }),
    decide('quota', {
      quota,
      limit: { kind: 'fixed', limit: 9, windowSeconds: 1 },
    }),
  );
  return cases;
}

const ADDRESSES = [
  ...['1.2.3.4', '01.2.3.4', '1.2.3', '256.1.1.1', '0x1.2.3.4', '1.2.3.4 '],
  ...[
    '::ffff:1.2.3.4',
    '::ffff:102:304',
    '::1.2.3.4',
    '::',
    '::1',
    'fe80::1%e',
  ],
  ...['2001:DB8:0:0:1:0:0:1', '1:2:3:4:5:6:7:8', '1::2::3', '12345::', ':::'],
  ...[
    '2001:db8::1:0:0:1',
    '1:0:0:2:0:0:0:3',
    '::ffff:0:1.2.3.4',
    '',
    'a.b.c.d',
  ],
  ...[
    '::ffff:1.2.3.256',
    '::01.2.3.4',
    '1:2:3:4:5:6:1.2.3.4',
    '1:2:3:4:5:6:7::',
  ],
];
const CLIENTS = [
  ...['1.2.3.4:80', '[::1]:443', '[::1]', '"1.2.3.4"', '"[2001:db8::1]:4711"'],
  ...[
    '::ffff:1.2.3.4:80',
    ' 1.2.3.4 ',
    '[1.2.3.4]',
    '1.2.3.4:',
    'unknown',
    '_x',
  ],
];
const NETWORKS = [
  ...['10.1.2.3/8', '0.0.0.0/0', '1.2.3.4/32', '1.2.3.4/33', '::/0', '::1/128'],
  ...['::ffff:10.0.0.0/104', '::ffff:10.0.0.0/95', '2001:db8::1/33', '1.2.3.4'],
  ...['1.2.3.4/08', '1.2.3.4/', '/8', 'fe80::%e/10', '2001:db8:ffff::/129'],
];

function addresses(): GoldenCase[] {
  return [
    ...ADDRESSES.flatMap(text => [
      decide('address', { text }),
      decide('clientKey', { text }),
      decide('clientAddress', { text }),
    ]),
    ...CLIENTS.map(text => decide('clientAddress', { text })),
    ...NETWORKS.map(text => decide('cidr', { text })),
  ];
}

function controls(): GoldenCase[] {
  const flag = { variant: 'on', until: at(0), afterVariant: 'off' };
  const flags = [
    flag,
    { ...flag, afterVariant: null },
    { ...flag, variant: null },
    { variant: 'on' },
    { variant: null },
  ];
  const readOnly = { mode: 'read-only' } as const;
  const offline = { mode: 'offline' } as const;
  const windows = [
    { start: NOW - 100, end: NOW, ...readOnly },
    { start: NOW, end: NOW + 50, ...offline },
    { start: NOW + 40, end: NOW + 60, ...offline },
    { start: NOW + 60, end: NOW + 80, ...readOnly },
    { start: NOW + 81, end: NOW + 90, ...readOnly },
  ];
  const moments = [-101, -100, -1, 0, 1, 39, 49, 50, 59, 60, 79, 80, 81, 90];
  return [
    ...flags.flatMap(one =>
      [-1, 0, 1].map(offset =>
        decide('variantAt', { flag: one, at: NOW + offset }),
      ),
    ),
    ...moments.map(offset =>
      decide('maintenance', { windows, at: NOW + offset }),
    ),
    ...moments.map(offset =>
      decide('maintenance', {
        windows: [...windows].reverse(),
        at: NOW + offset,
      }),
    ),
  ];
}

const TEXTS = [
  'password=hunter2 rest',
  'PASSWORD: "hunter two" rest',
  "api-key = 'a b c', next",
  'Authorization: Bearer abcdefgh12345678',
  'authorization: Basic dXNlcjpwYXNz more',
  'Bearer abcdefgh12345678==',
  'postgres://app:s3cret@db:5432/x and redis://:pw@h',
  'token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end',
  '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter',
  '-----BEGIN PRIVATE KEY-----\nMIIE without an end',
  'AKIAABCDEFGHIJKLMNOP ghp_abcdefghij0123456789xyz xoxb-1234567890-x',
  'sk_live_abcdefghij0 whsec_MfKQ9r8GKYqrTwjU',
  'cvc=123, span=4, pan: 4111111111111111;',
  'token=[redacted] secret: [redacted]more',
  'cookie: a=b\u2028c',
  'credential\u00a0= x',
  'nothing to hide, 5 tokens were used',
  `${'x'.repeat(20_000)} password=${'y'.repeat(30_000)} end`,
  `${'a://b:'.repeat(4_000)}@host`,
];
const VALUES: unknown[] = [
  { user: 'anna', password: 'x', nested: [{ apiKey: 1, 'api-key': [2] }] },
  { body: '{"token":"a","n":12345678901234567890,"f":1.50}' },
  { body: ' [ {"a" : 1} ] ' },
  { body: '{"token": broken' },
  { text: 'password=abc', pan: '4111', panel: 'x', SSN: null },
  { deep: JSON.parse(`${'['.repeat(25)}1${']'.repeat(25)}`) },
  'secret: s',
  [true, null, 1.5, 'Åke'],
];

function redaction(): GoldenCase[] {
  return [
    ...TEXTS.map(text => decide('redactText', { text })),
    ...VALUES.map(value => decide('redactValue', { value })),
  ];
}

/** The same key each time: made of a seed (RFC 8410), as no secret is. */
function keyOf(id: string, seed: number) {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.alloc(32, seed),
  ]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const pem = (one: typeof key, type: 'pkcs8' | 'spki') =>
    one.export({ type: type as 'pkcs8', format: 'pem' }).toString();
  const publicKey = pem(createPublicKey(key), 'spki');
  return {
    key,
    source: { id, publicKey },
    ring: KeyRing.of([{ id, privateKey: pem(key, 'pkcs8') }], 'keys'),
  };
}

const PORTAL = keyOf('k1', 1);
const OTHER = keyOf('k1', 2);

/** Signs whatever it is given. */
function signAnything(header: unknown, payload: unknown, portal = PORTAL) {
  const part = (value: unknown) =>
    Buffer.from(
      typeof value === 'string' ? value : JSON.stringify(value),
    ).toString('base64url');
  const input = `${part(header)}.${part(payload)}`;
  const signature = sign(null, Buffer.from(input), portal.key);
  return `${input}.${signature.toString('base64url')}`;
}

/** A request that the portal of the golden cases signs. */
export function goldenSignature(
  claims: Partial<SignedRunRequest> & { runId: string },
  now: number,
): { jws: string; keys: Array<{ id: string; publicKey: string }> } {
  const jws = signRequest(PORTAL.ring, { ...requestAt(now), ...claims });
  return { jws, keys: [PORTAL.source] };
}

function requestAt(now: number): SignedRunRequest {
  const iat = Math.floor(now / 1000);
  return {
    v: 1,
    type: 'run',
    job: 'protocol/export',
    runId: 'run-1',
    actor: 'user:default/anna',
    permission: 'operations.job.run',
    reason: 'Åke har frågat',
    iat,
    exp: iat + 60,
  };
}

function signatures(): GoldenCase[] {
  const good = requestAt(NOW);
  const header = { alg: 'EdDSA', kid: 'k1', typ: 'operations-request' };
  const keys = [PORTAL.source];
  const check = (jws: string, offset = 0, kind: 'run' | 'cancel' = 'run') =>
    decide('verify', { jws, keys, kind, now: NOW + offset });
  const signed = signAnything(header, good);
  const [head, body, signature] = signed.split('.');
  const without = (name: keyof SignedRunRequest) => ({
    ...good,
    [name]: undefined,
  });
  return [
    check(signed),
    check(signed, 59_999),
    check(signed, 60_000),
    check(signed, 0, 'cancel'),
    check(signAnything(header, good, OTHER)),
    check(
      `${head}.${
        signAnything(header, { ...good, runId: 'x' }).split('.')[1]
      }.${signature}`,
    ),
    check(`${head}.${body}`),
    check(`${head}.${body}.${signature}.x`),
    check(`${head}.${body}.AAAA`),
    check(`x.${body}.${signature}`),
    check(signAnything({ ...header, alg: 'none' }, good)),
    check(signAnything({ ...header, alg: 'HS256' }, good)),
    check(signAnything({ ...header, kid: 'k2' }, good)),
    check(signAnything({ ...header, kid: undefined }, good)),
    check(signAnything({ ...header, typ: 'JWT' }, good)),
    check(signAnything({ ...header, jwk: {} }, good)),
    check(signAnything({ ...header, crit: ['b64'] }, good)),
    check(signAnything('not json', good)),
    check(signAnything(header, 'not json')),
    check(signAnything(header, [])),
    check(signAnything(header, { ...good, type: 'make-up' })),
    check(signAnything(header, { ...good, type: 'webhook-replay' })),
    check(signAnything(header, { ...good, exp: 'soon' })),
    check(signAnything(header, { ...good, actor: '' })),
    ...(
      ['v', 'job', 'runId', 'actor', 'permission', 'iat', 'exp'] as const
    ).map(name => check(signAnything(header, without(name)))),
    check(
      signAnything(header, { ...good, type: 'cancel', requestedAt: at(0) }),
      0,
      'cancel',
    ),
  ];
}

/** File in `golden/`, without its ending → cases. */
export function goldenCases(): Record<string, GoldenCase[]> {
  return {
    addresses: addresses(),
    controls: controls(),
    'rate-limits': rateLimits(),
    redaction: redaction(),
    signatures: signatures(),
    slots: slots(),
  };
}
