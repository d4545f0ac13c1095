import fc from 'fast-check';
import { Redis } from 'ioredis';
import { evaluatePattern } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { purgeNow, testTarget } from './__testUtils__/purges';

jest.setTimeout(300_000);

const PROTECTED = [
  ...['bull:mail:1', 'bull:mail:wait', 'bull::', 'bull:*', 'bull:[x]', 'bull:'],
  ...['operations:v1:runs', 'operations:v1:log:a', 'operations:é'],
  ...['cache:session:1', 'cache:session:ab', 'cache:session:*?', 'sess:9'],
];
const REMOVABLE = [
  ...['cache:user:1', 'cache:user:2', 'cache:a', 'cache:bull:1', 'cache:*'],
  ...['bul', 'bull', 'operation', 'sess', 'é', 'user:1', '*', '[', 'x\\y'],
];

/**
 * Pieces of patterns: what occurs in the keys, every construct of Redis' glob, and its odd corners.
 */
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abulcheosin:1*?[]^-\\é') },
  {
    weight: 4,
    arbitrary: fc.constantFrom('*', '?', '[a-z]', '[^a]', '[^:]', '[b-', '[^'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['bull:', 'bull', 'operations:', 'cache:', 'cache:session:', 'sess:'],
      ...['\\b', '[b]ull', 'b?ll', 'ca[c]he', 'session', 'user:', '[z-a]'],
    ),
  },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 3 }) },
);
const pattern = (beginnings: string[]) =>
  fc
    .tuple(
      fc.constantFrom('', ...beginnings),
      fc.array(piece, { minLength: 1, maxLength: 6 }),
    )
    .map(([beginning, pieces]) => beginning + pieces.join(''));

/**
 * Side by side, each in a database of its own, so that the one works while the others wait for the
 * server.
 */
const LANES = 4;
const PATTERNS = 10_000;

describe('protected keys', () => {
  let server: PrivateTestRedis;

  beforeAll(async () => {
    server = await startPrivateRedis();
  });
  afterAll(() => server.close());

  /** Tries so many patterns. @returns what makes them worth having been tried */
  async function tryPatterns(
    allowedPrefixes: string[],
    db: number,
    numRuns: number,
  ) {
    const url = `${server.url}/${db}`;
    const redis = new Redis(url);
    const shop = testTarget(
      { url },
      {
        allowedPrefixes,
        protectedPrefixes: [
          { prefix: 'cache:session:', why: 'signed-in customers' },
          { prefix: 'sess:', why: 'signed-in operators' },
        ],
      },
    );
    const session = shop.open();
    const fill = () =>
      redis.mset([...PROTECTED, ...REMOVABLE].flatMap(key => [key, 'x']));
    await fill();
    const tried = { allowed: 0, removed: 0, matchedProtected: 0 };
    await fc.assert(
      fc.asyncProperty(pattern(allowedPrefixes), async text => {
        const verdict = evaluatePattern(text, shop);
        const matching = await redis.keys(text);
        const within = matching.filter(
          key =>
            !allowedPrefixes.length ||
            allowedPrefixes.some(prefix => key.startsWith(prefix)),
        );
        const touched = within.filter(key => PROTECTED.includes(key));
        // the verdict, against Redis' own idea of what matches: no key that may be removed is out
        // of reach, and what is skipped is named
        if (verdict.allowed) tried.allowed += 1;
        else expect(within.filter(key => REMOVABLE.includes(key))).toEqual([]);
        for (const key of touched) {
          expect(
            verdict.conflicts.some(({ prefix }) => key.startsWith(prefix)),
          ).toBe(true);
        }
        if (touched.length) tried.matchedProtected += 1;
        // the check of each key, as if nobody had evaluated the pattern
        const { progress } = await purgeNow(
          shop,
          { pattern: text },
          { session },
        );
        const left = await redis.mget(PROTECTED);
        const gone = PROTECTED.filter((_, i) => left[i] === null);
        expect(gone).toEqual([]);
        tried.removed += progress.removed;
        if (progress.removed) await fill();
      }),
      { numRuns, seed: 20261124 + db },
    );
    session.close();
    redis.disconnect();
    return tried;
  }

  it.each([[[]], [['cache:']]])(
    '[caches.2] not one protected key is gone under 10,000 random patterns, with allowed prefixes %j: each key is checked, and the verdict on a pattern refuses none that can take another key',
    async allowedPrefixes => {
      const lanes = await Promise.all(
        Array.from({ length: LANES }, (_, db) =>
          tryPatterns(allowedPrefixes, db, PATTERNS / LANES),
        ),
      );
      // the patterns were worth trying
      const sum = (of: keyof (typeof lanes)[number]) =>
        lanes.reduce((all, lane) => all + lane[of], 0);
      expect(sum('allowed')).toBeGreaterThan(1_000);
      expect(sum('matchedProtected')).toBeGreaterThan(200);
      expect(sum('removed')).toBeGreaterThan(1_000);
    },
  );
});
