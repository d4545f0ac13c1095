import { ConfigReader } from '@backstage/config';
import type { LimiterRecord } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { readRefusalRules, refusalAttention } from './refusals';
import type { SubjectUsage } from './UsageReader';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-20T08:10:30Z');
const RULES = { minRequests: 50, share: 0.1 };

/** What is counted: requests of each tenant, by the minutes before the present one. */
function limiterWith(
  counts: Record<string, Array<[passed: number, refused: number]>>,
) {
  const reads: number[] = [];
  const present = Math.floor(NOW / MINUTE) * MINUTE;
  return {
    reads,
    async limiters() {
      return [{ name: 'api' } as LimiterRecord];
    },
    async read(_limiter: string, at: number, minutes: number) {
      expect(minutes).toBe(1);
      reads.push(at);
      const ago = (present - at) / MINUTE - 1;
      return new Map<string, SubjectUsage>(
        Object.entries(counts).flatMap(([name, list]) => {
          if (!list[ago]) return [];
          const [passed, refused] = list[ago];
          const usage = { at, passed, refused };
          const minutesOf = new Map([[at, usage]]);
          return [
            [`t:${name}`, { kind: 'tenant', name, minutes: minutesOf }],
            // an address has no place in an item about tenants
            [`i:${name}`, { kind: 'address', name, minutes: minutesOf }],
          ] as const;
        }),
      );
    },
  };
}

const look = (
  usage: ReturnType<typeof limiterWith>,
  now = NOW,
  source = refusalAttention(usage, RULES),
) =>
  source.getFacts({ now: new Date(now), signal: new AbortController().signal });

describe('tenants whose requests are refused', () => {
  it('[truth.12] need somebody from a tenth of fifty requests in five minutes on', async () => {
    const usage = limiterWith({
      'nordic-gym': [
        [40, 60],
        [40, 64],
        [160, 0],
      ],
      'just-so': [[45, 5]],
      'too-few': [[10, 39]],
      'too-small': [[200, 20]].map(([p, r]) => [p, r - 1] as [number, number]),
    });
    const facts = await look(usage);
    expect(facts.map(fact => [fact.key, fact.title, fact.detail])).toEqual([
      [
        'refused:api:nordic-gym',
        'nordic-gym: 34 % of requests refused',
        '124 of 364 requests to “api” in 5 minutes',
      ],
      [
        'refused:api:just-so',
        'just-so: 10 % of requests refused',
        '5 of 50 requests to “api” in 5 minutes',
      ],
    ]);
    expect(facts[0].since).toEqual(new Date('2026-11-20T08:08:00Z'));
  });

  it('[truth.12] need nobody once five minutes have passed; each minute is read once', async () => {
    const usage = limiterWith({ acme: [[0, 100]] });
    const source = refusalAttention(usage, RULES);
    expect(await look(usage, NOW, source)).toHaveLength(1);
    expect(await look(usage, NOW + 10_000, source)).toHaveLength(1);
    expect(usage.reads).toHaveLength(5);
    expect(await look(usage, NOW + MINUTE, source)).toHaveLength(1);
    expect(usage.reads).toHaveLength(6);
    expect(await look(usage, NOW + 5 * MINUTE, source)).toEqual([]);
  });

  it.each([
    [{ minRequests: 0 }, 'minRequests must be 1 at least, not 0'],
    [
      { refusedShare: 10 },
      'refusedShare must be above 0 and at most 1, not 10',
    ],
  ])('refuse rules that nobody could mean: %j', (rateLimits, sentence) => {
    const config = new ConfigReader({
      operations: { attention: { rateLimits } },
    });
    expect(() => readRefusalRules(config)).toThrow(sentence);
  });
});
