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

  const withTags = (tags: unknown[]) => () =>
    rules.check(
      { properties: { tags: { type: 'array', uniqueItems: true } } },
      { tags },
    );

  it.each([
    [['a', 'b']],
    [[1, '1', true, null, { a: 1 }, [1]]],
    [[{ a: 1 }, '{"a":1}']],
  ])('have unique items: %j', tags => {
    expect(withTags(tags)).not.toThrow();
  });

  it.each([
    [['a', 'b', 'a']],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ])('are refused where items are the same: %j', tags => {
    expect(withTags(tags)).toThrow(
      'body.parameters.tags: must NOT have duplicate items',
    );
  });

  it('[guarantees.1] are checked in time that is in proportion to them', () => {
    const list = { properties: { list: { type: 'array', uniqueItems: true } } };
    const sku = { properties: { sku: { pattern: '^[a-z]+(-[a-z]+)*$' } } };
    const names = { patternProperties: { '^x-[a-z-]+$': { type: 'string' } } };
    for (const [schema, parameters] of [
      [list, { list: Array.from({ length: 60_000 }, (_, i) => i) }],
      [list, { list: Array.from({ length: 15_000 }, (_, i) => ({ i })) }],
      [sku, { sku: `${'a-'.repeat(120_000)}!` }],
      [names, { [`x-${'a-'.repeat(120_000)}!`]: 1 }],
    ] as const) {
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
