import { compilePatterns } from './compile';
import { schemaPatternProblem } from './schema';

const SLOW = '^(a+)+$';

describe('[guarantees.1] the patterns of a JSON Schema', () => {
  it.each([
    [{ pattern: SLOW }, ['pattern']],
    [
      { properties: { sku: { type: 'string', pattern: SLOW } } },
      ['properties', 'sku', 'pattern'],
    ],
    [{ patternProperties: { [SLOW]: true } }, ['patternProperties']],
    [{ items: [{ pattern: SLOW }] }, ['items', '0', 'pattern']],
    [
      { $defs: { a: { anyOf: [{}, { pattern: SLOW }] } } },
      ['$defs', 'a', 'anyOf', '1', 'pattern'],
    ],
    [
      { if: { propertyNames: { pattern: SLOW } } },
      ['if', 'propertyNames', 'pattern'],
    ],
    [
      { dependentSchemas: { a: { not: { pattern: SLOW } } } },
      ['dependentSchemas', 'a', 'not', 'pattern'],
    ],
  ])('are refused wherever they are: %j', (schema, path) => {
    const problem = schemaPatternProblem(schema);
    expect(problem?.message).toContain('"^(a+)+$" is refused: `a` reads again');
    expect(problem?.path).toEqual(path);
  });

  it.each([
    [{ properties: { sku: { pattern: '^[A-Z]{3}-[0-9]+$' } } }],
    [{ patternProperties: { '^x-[a-z]+$': { type: 'string' } } }],
    // A parameter may be called so, and a value may look so.
    [{ properties: { pattern: { type: 'string', default: SLOW } } }],
    [{ default: { pattern: SLOW }, enum: [{ pattern: SLOW }] }],
    [true],
    [null],
  ])('are accepted: %j', schema => {
    expect(schemaPatternProblem(schema)).toBeUndefined();
  });

  it('are looked at in a schema of any depth, and up to a hundred', () => {
    let deep: object = { pattern: SLOW };
    for (let i = 0; i < 20_000; i++) deep = { not: deep };
    expect(schemaPatternProblem(deep)).toBeDefined();
    const many = Array.from({ length: 101 }, (_, i) => [
      `${i}`,
      { pattern: `^${i}` },
    ]);
    expect(
      schemaPatternProblem({ properties: Object.fromEntries(many) })?.message,
    ).toContain('at most 100 patterns');
  });
});

describe('[guarantees.1] the patterns of a configuration', () => {
  it('are refused with a sentence that names the key and the reason', () => {
    expect(() =>
      compilePatterns(
        ['ok', String.raw`\s+$`],
        'gi',
        'operations.audit.redact',
      ),
    ).toThrow(
      /^operations\.audit\.redact\[1\]: the pattern "\\\\s\+\$" is refused: `\\s` reads again what was already read/,
    );
  });
});
