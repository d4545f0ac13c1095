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
});
