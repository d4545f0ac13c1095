import { ParameterRules } from './parameters';

/** The least milliseconds of the processor that a check takes, of several. */
function cost(check: () => void): number {
  let least = Infinity;
  for (let i = 0; i < 5; i++) {
    const begin = process.cpuUsage().user;
    try {
      check();
    } catch {
      // A refusal costs as well.
    }
    least = Math.min(least, (process.cpuUsage().user - begin) / 1_000);
  }
  return least;
}

describe('the parameters of a run', () => {
  const rules = new ParameterRules();

  it.each([
    [{ tags: ['a', 'b', 'a'] }, true],
    [{ tags: ['a', 'b'] }, false],
    [{ tags: [1, '1', true, null, { a: 1 }, [1]] }, false],
    [
      {
        tags: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      true,
    ],
  ])('have unique items or not: %j', (parameters, isRefused) => {
    const check = () =>
      rules.check(
        { properties: { tags: { type: 'array', uniqueItems: true } } },
        parameters,
      );
    if (isRefused) {
      expect(check).toThrow(
        'body.parameters.tags: must NOT have duplicate items',
      );
    } else {
      expect(check).not.toThrow();
    }
  });

  it('[guarantees.1] are checked in time that is in proportion to them', () => {
    const schema = {
      properties: {
        list: { type: 'array', uniqueItems: true },
        sku: { type: 'string', pattern: '^[a-z]+(-[a-z]+)*$' },
      },
      patternProperties: { '^x-[a-z-]+$': { type: 'string' } },
    };
    for (const parameters of [
      { list: Array.from({ length: 60_000 }, (_, i) => i) },
      { list: Array.from({ length: 15_000 }, (_, i) => ({ i })) },
      { sku: `${'a-'.repeat(120_000)}!` },
      { [`x-${'a-'.repeat(120_000)}!`]: 1 },
    ]) {
      expect(cost(() => rules.check(schema, parameters))).toBeLessThan(50);
    }
  });

  it('[guarantees.1] are left to the worker where a pattern of an older registration could hold up the portal', () => {
    const schema = { properties: { x: { pattern: '^(a+)+$' } } };
    expect(
      cost(() => rules.check(schema, { x: `${'a'.repeat(100_000)}!` })),
    ).toBeLessThan(50);
  });
});
