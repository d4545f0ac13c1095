import { createTextRedactor, redactRunRecord } from './redact';

describe('secrets in a text', () => {
  const redact = createTextRedactor(['\\bCUST-\\d+']);

  it.each([
    ['login password=hunter2, ok', 'login password=[redacted], ok'],
    ['{"apiKey":"abc123","n":1}', '{"apiKey":"[redacted]","n":1}'],
    ["client_secret: 'x y'", "client_secret: '[redacted] y'"],
    [
      'Authorization: Bearer abcdef0123456789',
      'Authorization: Bearer [redacted]',
    ],
    ['postgres://app:s3cret@db/main', 'postgres://app:[redacted]@db/main'],
    ['got eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl back', 'got [redacted] back'],
    ['key AKIAIOSFODNN7EXAMPLE used', 'key [redacted] used'],
    // a mark in front does not hide what stands behind it
    ['token=[redacted]hunter2, ok', 'token=[redacted], ok'],
    ['for CUST-4711 and cust-12', 'for [redacted] and [redacted]'],
  ])('%s', (text, clean) => {
    expect(redact(text)).toBe(clean);
    // on its way it may be cleaned more than once
    expect(redact(clean)).toBe(clean);
  });

  it('are gone with all lines of a key', () => {
    const key =
      '-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----';
    expect(redact(`a\n${key}\nb`)).toBe('a\n[redacted]\nb');
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

  it('take no longer the longer a hostile line is than the line is long', () => {
    for (const hostile of [
      '://'.repeat(20_000),
      'password='.repeat(10_000),
      'eyJ'.repeat(20_000),
      '-----BEGIN PRIVATE KEY-----'.repeat(2_000),
    ]) {
      const begin = performance.now();
      redact(hostile);
      expect(performance.now() - begin).toBeLessThan(2_000);
    }
  });
});
