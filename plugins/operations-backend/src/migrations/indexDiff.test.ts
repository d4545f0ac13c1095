import { diffIndexes } from './indexDiff';

const index = (
  keys: Array<[string, number | string]>,
  options: Record<string, unknown> = {},
) => ({ keys, options });

describe('diffIndexes', () => {
  it('compares fields and options, and ignores what the server adds', () => {
    const [diff] = diffIndexes([
      {
        collection: 'members',
        declared: [index([['email', 1]], { unique: true, sparse: false })],
        actual: [
          index([['_id', 1]]),
          index([['email', 1]], { unique: true, v: 2, background: true }),
        ],
      },
    ]);
    expect(diff).toMatchObject({ missing: [], extra: [], changed: [] });
    expect(diff.same).toHaveLength(1);
  });

  it('tells what is to be created, what is left over, and what differs in its options', () => {
    const [diff] = diffIndexes([
      {
        collection: 'members',
        declared: [
          index([
            ['tenant', 1],
            ['email', 1],
          ]),
          index([['seenAt', 1]], { expireAfterSeconds: 60 }),
        ],
        actual: [
          index([['seenAt', 1]], { expireAfterSeconds: 3600 }),
          index([['old', -1]]),
        ],
      },
    ]);
    expect(diff.missing.map(i => i.keys)).toEqual([
      [
        ['tenant', 1],
        ['email', 1],
      ],
    ]);
    expect(diff.extra.map(i => i.keys)).toEqual([[['old', -1]]]);
    expect(diff.changed).toMatchObject([
      {
        declared: { options: { expireAfterSeconds: 60 } },
        actual: { options: { expireAfterSeconds: 3600 } },
      },
    ]);
  });

  it('takes the order of fields for a difference', () => {
    const [diff] = diffIndexes([
      {
        collection: 'x',
        declared: [
          index([
            ['a', 1],
            ['b', 1],
          ]),
        ],
        actual: [
          index([
            ['b', 1],
            ['a', 1],
          ]),
        ],
      },
    ]);
    expect([diff.missing.length, diff.extra.length]).toEqual([1, 1]);
  });

  it('[migrations.3] counts models of one collection together, so that an inherited one does not seem to drop its sibling’s index', () => {
    const actual = [
      index([['_id', 1]]),
      index([['plate', 1]]),
      index([['beds', 1]]),
    ];
    const diffs = diffIndexes([
      {
        collection: 'things',
        model: 'Car',
        declared: [index([['plate', 1]])],
        actual,
      },
      {
        collection: 'things',
        model: 'Hotel',
        declared: [index([['beds', 1]])],
        actual,
      },
    ]);
    expect(diffs).toHaveLength(1);
    expect(diffs[0]).toMatchObject({ missing: [], extra: [], changed: [] });
    expect(diffs[0].same.map(i => i.models[0])).toEqual(['Car', 'Hotel']);
  });

  it('knows a text index by its weights and a collation by what was asked for', () => {
    const [diff] = diffIndexes([
      {
        collection: 'x',
        declared: [
          index([['title', 'text']]),
          index([['name', 1]], { collation: { locale: 'sv' } }),
        ],
        actual: [
          index(
            [
              ['_fts', 'text'],
              ['_ftsx', 1],
            ],
            { weights: { title: 1 } },
          ),
          index([['name', 1]], { collation: { locale: 'sv', strength: 3 } }),
        ],
      },
    ]);
    expect(diff).toMatchObject({ missing: [], extra: [], changed: [] });
  });

  describe('[guarantees.7] compares by meaning', () => {
    type Keys = Array<[string, number | string]>;
    const verdict = (
      declared: [keys: Keys, options?: object],
      actual: [keys: Keys, options?: object],
    ) => {
      const [diff] = diffIndexes([
        {
          collection: 'x',
          declared: [index(declared[0], { ...declared[1] })],
          actual: [index(actual[0], { ...actual[1] })],
        },
      ]);
      const { missing, extra, changed, same } = diff;
      return { missing, extra, changed, same };
    };
    /** a text index as the server lists it */
    const onServer = (
      weights: object,
      options: object = {},
      before: Keys = [],
      after: Keys = [],
    ): [Keys, object] => [
      [...before, ['_fts', 'text'], ['_ftsx', 1], ...after],
      {
        ...{ v: 2, name: 'any', weights, default_language: 'english' },
        ...{ language_override: 'language', textIndexVersion: 3, ...options },
      },
    ];
    const text: Keys = [
      ['title', 'text'],
      ['body', 'text'],
    ];
    const plain: Keys = [['a', 1]];
    const collated = (collation: object): [Keys, object] => [
      plain,
      { collation },
    ];
    const completed = (more: object) =>
      collated({
        ...{ caseLevel: false, caseFirst: 'off', strength: 3 },
        ...{ numericOrdering: false, alternate: 'non-ignorable' },
        ...{ maxVariable: 'punct', normalization: false, backwards: false },
        ...{ version: '57.1', ...more },
      });

    it.each<[string, [Keys, object?], [Keys, object?]]>([
      ['text fields', [text], onServer({ body: 1, title: 1 })],
      [
        'weights',
        [text, { weights: { title: 10 } }],
        onServer({ title: 10, body: 1 }),
      ],
      [
        'a field that only the weights name',
        [[['title', 'text']], { weights: { body: 1 } }],
        onServer({ title: 1, body: 1 }),
      ],
      [
        'a compound text index',
        [
          [['tenant', 1], ...text, ['at', -1]],
          { default_language: 'sv', language_override: 'lang' },
        ],
        onServer(
          { body: 1, title: 1 },
          { default_language: 'swedish', language_override: 'lang' },
          [['tenant', 1]],
          [['at', -1]],
        ),
      ],
      ['all text', [[['$**', 'text']]], onServer({ '$**': 1 })],
      ['directions', [[['a', '1.0']]], [plain]],
      [
        'options that are off',
        [plain, { unique: false, hidden: null }],
        [plain],
      ],
      ['a place', [[['at', '2dsphere']]], [[['at', '2dsphere']], { v: 2 }]],
      [
        'a flat place',
        [[['at', '2d']]],
        [[['at', '2d']], { bits: 26, min: -180, max: 180 }],
      ],
      ['a hash', [[['a', 'hashed']]], [[['a', 'hashed']], { hashVersion: 0 }]],
      ['a collation', collated({ locale: 'sv' }), completed({ locale: 'sv' })],
      [
        'a collation of a locale with its own defaults',
        collated({ locale: 'fr_CA' }),
        completed({ locale: 'fr_CA', backwards: true }),
      ],
      ['no collation', collated({ locale: 'simple' }), [plain]],
      [
        'a filter',
        [plain, { partialFilterExpression: { b: 1, a: { $gt: 2 } } }],
        [plain, { partialFilterExpression: { a: { $gt: 2 }, b: 1 } }],
      ],
    ])('%s: the same', (_of, declared, actual) => {
      expect(verdict(declared, actual)).toMatchObject({
        ...{ missing: [], extra: [], changed: [] },
        same: [{}],
      });
    });

    it.each<[string, [Keys, object?], [Keys, object?]]>([
      [
        'a weight',
        [text, { weights: { title: 5 } }],
        onServer({ title: 1, body: 1 }),
      ],
      ['a weight given up', [text], onServer({ title: 5, body: 1 })],
      [
        'a language',
        [text, { default_language: 'german' }],
        onServer({ title: 1, body: 1 }),
      ],
      [
        'the field of the language',
        [text, { language_override: 'lang' }],
        onServer({ title: 1, body: 1 }),
      ],
      ['a text field', [text], onServer({ title: 1, summary: 1 })],
      [
        'a precision',
        [[['at', '2d']], { bits: 20 }],
        [[['at', '2d']], { bits: 26 }],
      ],
      [
        'a strength',
        collated({ locale: 'sv', strength: 1 }),
        completed({ locale: 'sv' }),
      ],
      [
        'a part of a collation that is not declared',
        collated({ locale: 'sv' }),
        completed({ locale: 'sv', numericOrdering: true }),
      ],
    ])('%s: changed', (_of, declared, actual) => {
      expect(verdict(declared, actual)).toMatchObject({
        ...{ missing: [], extra: [], same: [] },
        changed: [{}],
      });
    });
  });
});
