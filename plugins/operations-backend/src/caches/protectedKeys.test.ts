import fc from 'fast-check';
import { Redis } from 'ioredis';
import { judgePattern } from '@craft-easy/backstage-plugin-operations-common';
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

/** Pieces of patterns: what occurs in the keys, every construct of Redis' glob, and its odd corners. */
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

describe('protected keys', () => {
  let server: PrivateTestRedis;
  let redis: Redis;

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.close();
  });

  function target(allowedPrefixes: string[]) {
    return testTarget(
      { url: server.url },
      {
        allowedPrefixes,
        protectedPrefixes: [
          { prefix: 'cache:session:', why: 'signed-in customers' },
          { prefix: 'sess:', why: 'signed-in operators' },
        ],
      },
    );
  }
  const fill = () =>
    redis.mset([...PROTECTED, ...REMOVABLE].flatMap(key => [key, 'x']));

  it.each([[[]], [['cache:']]])(
    '[caches.2] not one protected key is gone under 10,000 random patterns, with allowed prefixes %j: neither does the proof let one through, nor, with the proof left out, the check of each key',
    async allowedPrefixes => {
      const shop = target(allowedPrefixes);
      const session = shop.open();
      await fill();
      let allowed = 0;
      let removedInAll = 0;
      let matchedProtected = 0;
      await fc.assert(
        fc.asyncProperty(pattern(allowedPrefixes), async text => {
          const verdict = judgePattern(text, shop);
          const matching = await redis.keys(text);
          const touched = matching.filter(
            key =>
              PROTECTED.includes(key) &&
              (!allowedPrefixes.length ||
                allowedPrefixes.some(prefix => key.startsWith(prefix))),
          );
          // the proof, against Redis' own idea of what matches
          if (verdict.allowed) allowed += 1;
          expect(verdict.allowed ? touched : []).toEqual([]);
          if (touched.length) matchedProtected += 1;
          // the check of each key, as if nobody had judged the pattern
          const { progress } = await purgeNow(
            shop,
            { pattern: text },
            { session },
          );
          expect(await redis.exists(PROTECTED)).toBe(PROTECTED.length);
          removedInAll += progress.removed;
          if (progress.removed) await fill();
        }),
        { numRuns: 10_000, seed: 20261124 },
      );
      session.close();
      // the patterns were worth trying
      expect(allowed).toBeGreaterThan(1_000);
      expect(matchedProtected).toBeGreaterThan(200);
      expect(removedInAll).toBeGreaterThan(1_000);
    },
  );
});
