import { fingerprintOf, normaliseMessage } from './fingerprint';

describe('the fingerprint of an error', () => {
  it.each([
    ['timeout after 3000 ms', 'timeout after <n> ms'],
    ['order 8f3a12bc9d not found', 'order <id> not found'],
    ['run 0b9c1f7e-1f7e-4a3b-9c1f-0b9c1f7e4a3b lost', 'run <id> lost'],
    ['cannot mail kim.lee@acme.test', 'cannot mail <email>'],
    [
      'GET https://api.acme.test/v1/x?y=7 answered 502',
      'GET <url> answered <n>',
    ],
    [`no column "price" in 'orders'`, 'no column <value> in <value>'],
    [`it's broken and can't go on`, `it's broken and can't go on`],
    ['due at 2026-11-20T02:00:00.123Z', 'due at <time>'],
    ['first line\nsecond line 17', 'first line'],
    ['', ''],
  ])('reads %j as %j', (message, expected) => {
    expect(normaliseMessage(message)).toBe(expected);
  });

  it('is the same for the same error with other values, and another for another class', () => {
    const of = (name: string, message: string) =>
      fingerprintOf({ name, message }).fingerprint;
    expect(of('E', 'no user 17')).toBe(of('E', 'no user 18'));
    expect(of('E', 'no user 17')).not.toBe(of('F', 'no user 17'));
    expect(of('E', 'no user 17')).not.toBe(of('E', 'no order 17'));
    expect(of('E', '')).toMatch(/^[0-9a-f]{16}$/);
  });

  it('takes no longer for a message made to hold it up', () => {
    const begin = performance.now();
    for (const piece of ['a', "'", '@', '0', '-', 'http://', 'a@', '"x', '<']) {
      normaliseMessage(piece.repeat(100_000));
    }
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
