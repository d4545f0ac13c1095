import {
  createTextRedactor,
  isSecretName,
  redactRunRecord,
  redactValue,
} from './redact';

describe('secrets in a text', () => {
  const redact = createTextRedactor(['\\bCUST-\\d+'], ['iban']);

  it.each([
    ['login password=hunter2, ok', 'login password=[redacted], ok'],
    ['{"apiKey":"abc123","n":1}', '{"apiKey":"[redacted]","n":1}'],
    ["client_secret: 'x y'", "client_secret: '[redacted]'"],
    ['{"clientSecret":"a\\"b c","n":1}', '{"clientSecret":"[redacted]","n":1}'],
    ['password="never closed', 'password="[redacted]'],
    [
      'Authorization: Bearer abcdef0123456789',
      'Authorization: Bearer [redacted]',
    ],
    ['postgres://app:s3cret@db/main', 'postgres://app:[redacted]@db/main'],
    ['got eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl back', 'got [redacted] back'],
    ['key AKIAIOSFODNN7EXAMPLE used', 'key [redacted] used'],
    // A mark in front does not hide what follows it.
    ['token=[redacted]hunter2, ok', 'token=[redacted], ok'],
    ['card_number: 4111 and span=3', 'card_number: [redacted] and span=3'],
    ['iban=SE45 5000, ok', 'iban=[redacted] 5000, ok'],
    ['for CUST-4711 and cust-12', 'for [redacted] and [redacted]'],
  ])('%s', (text, clean) => {
    expect(redact(text)).toBe(clean);
    // A text may be redacted more than once on its way.
    expect(redact(clean)).toBe(clean);
  });

  it('are gone with all lines of a key', () => {
    const key =
      '-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----';
    expect(redact(`a\n${key}\nb`)).toBe('a\n[redacted]\nb');
  });

  it('[guarantees.1] are gone wherever they are in a long text', () => {
    const secret = 'password=hunter2';
    for (let at = 16_360; at < 16_400; at++) {
      const text = `${' '.repeat(at)}${secret} ${' '.repeat(20_000)}`;
      expect(redact(text)).toBe(text.replace('hunter2', '[redacted]'));
    }
  });

  it('[guarantees.1] are not looked for with a pattern whose time grows faster than the text', () => {
    expect(() => createTextRedactor(['ok', '\\s+$'], [], 'redact')).toThrow(
      'redact[1]: the pattern "\\\\s+$" is refused',
    );
  });

  it('leave other text as it is', () => {
    for (const text of [
      'the token bucket was empty',
      'https://example.com:8080/path?page=2',
      '3 of 14 secrets rotated',
      'mailto:anna@example.com',
    ]) {
      expect(redact(text)).toBe(text);
    }
  });

  it('are taken out of the error and log of a run', () => {
    const record = {
      error: { name: 'Error', message: 'password=x1', stack: 'at token=y2' },
      log: {
        totalLines: 1,
        lines: [{ n: 1, time: '2026-01-01T00:00:00.000Z', text: 'secret: z3' }],
      },
    };
    expect(JSON.stringify(redactRunRecord(record, redact))).not.toMatch(
      /x1|y2|z3/,
    );
  });

  // Whoever writes a log chooses the text: no filler may cost more than its length.
  it.each([
    ' ',
    '\t',
    '\n',
    '"',
    "'",
    ':',
    '=',
    '-',
    '@',
    '://',
    '://a:',
    'a',
    'p-a-s-s-',
    'password',
    'password ',
    'password=',
    'password:   ',
    'password="',
    'password="\\"',
    "token='",
    'Bearer  ',
    'eyJ',
    '-eyJ',
    'eyJhbGciOiJI.',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    'AKIA',
    'xoxa-',
    'sk_live_',
    'whsec_',
    '[redacted]',
    '{"a":',
  ])(
    '[guarantees.1] take time in proportion to the length of a run of %j',
    filler => {
      const text = (length: number) =>
        `x ${filler.repeat(Math.ceil(length / filler.length))}`;
      const single = text(100_000);
      const double = text(200_000);
      const cost = (input: string) => {
        const begin = process.cpuUsage().user;
        redact(input);
        return (process.cpuUsage().user - begin) / 1000;
      };
      // A busy machine only adds time: the least of several measurements is nearest to the truth.
      const least = { single: Infinity, double: Infinity };
      // Below a few milliseconds the clock decides.
      const floor = 4;
      const linear = () =>
        least.double < 2.5 * Math.max(floor, least.single) && least.single < 20;
      for (let round = 0; round < 30 && !(round >= 3 && linear()); round++) {
        least.single = Math.min(least.single, cost(single));
        least.double = Math.min(least.double, cost(double));
      }
      expect(least.double).toBeLessThan(2.5 * Math.max(floor, least.single));
      expect(least.single).toBeLessThan(20);
    },
  );
});

describe('secrets in a value', () => {
  it('are recognised by the name of their field, in any spelling', () => {
    for (const name of [
      'password',
      'DB_PASSWORD',
      'client-secret',
      'accessToken',
      'X-Api-Key',
      'Authorization',
      'set-cookie',
      'card number',
      'PAN',
    ]) {
      expect(isSecretName(name)).toBe(true);
    }
    for (const name of ['company', 'span', 'passport', 'key', 'tenant']) {
      expect(isSecretName(name)).toBe(false);
    }
  });

  it('are replaced at any depth, also in JSON that a text holds, and everything else is kept', () => {
    const secrets: unknown[] = [];
    const value = {
      user: { name: 'Anna', tokens: [{ id: 1 }], pins: ['1', null] },
      note: '{ "a": 1 }',
      body: '{"user": {"password": "x"}, "n": 2}',
      n: 0,
    };
    const redacted = redactValue(value, {
      isSecret: path => isSecretName(path[path.length - 1]),
      onSecret: (path, secret) => secrets.push([path.join('.'), secret]),
    });
    expect(redacted).toEqual({
      ...value,
      user: { ...value.user, tokens: '[redacted]' },
      body: '{"user":{"password":"[redacted]"},"n":2}',
    });
    expect(secrets).toEqual([
      ['user.tokens', [{ id: 1 }]],
      ['body.user.password', 'x'],
    ]);
  });

  it('are not looked for without end', () => {
    let deep: unknown = 'end';
    for (let i = 0; i < 5_000; i++) deep = [deep];
    const redacted = redactValue(deep, { isSecret: () => false });
    expect(JSON.stringify(redacted)).toContain('[too deep]');
  });
});
