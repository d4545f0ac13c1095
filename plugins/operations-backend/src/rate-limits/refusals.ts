import type { Config } from '@backstage/config';
import { rateLimitReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionFact,
  AttentionSource,
} from '@craft-easy/backstage-plugin-operations-node';
import { worded } from '../attention/words';
import { MINUTE_MS } from '../lib/time';
import type { UsageReader } from './UsageReader';
import { sentence } from '../lib/sentences';

/** Requests are added up over so many whole minutes. */
const WINDOW_MINUTES = 5;
/** Processes send what they counted once a second; so long after its end a minute is whole. */
const SETTLED_AFTER_MS = 5_000;

const PLACE = { kind: 'page', page: 'rate-limits' } as const;

/** From when on refusals of one tenant need somebody. */
export interface RefusalRules {
  /** with fewer requests in five minutes a share says nothing */
  minRequests: number;
  /** refused of all requests, 0 to 1 */
  share: number;
}

/**
 * Reads `operations.attention.rateLimits`.
 * @throws Error where a value is none that could be meant
 */
export function readRefusalRules(config: Config): RefusalRules {
  const at = 'operations.attention.rateLimits';
  const own = config.getOptionalConfig(at);
  const minRequests = own?.getOptionalNumber('minRequests') ?? 50;
  const share = own?.getOptionalNumber('refusedShare') ?? 0.1;
  if (minRequests < 1) {
    throw new Error(`${at}.minRequests must be 1 at least, not ${minRequests}`);
  }
  if (share <= 0 || share > 1) {
    throw new Error(
      `${at}.refusedShare must be above 0 and at most 1, not ${share}`,
    );
  }
  return { minRequests, share };
}

/** What tenants asked one limiter for in one minute. */
type Minute = Map<string, { passed: number; refused: number }>;

/**
 * Tenants of whose requests a limiter refuses more than a share: their users see errors now. A
 * minute that has passed is read once, so that a look costs one read per limiter and minute.
 */
export function refusalAttention(
  usage: Pick<UsageReader, 'limiters' | 'read'>,
  rules: RefusalRules,
): AttentionSource {
  const known = new Map<string, Minute>();

  async function minuteOf(limiter: string, at: number): Promise<Minute> {
    const key = `${limiter} ${at}`;
    const minute = known.get(key) ?? new Map();
    if (!known.has(key)) {
      for (const one of (await usage.read(limiter, at, 1)).values()) {
        const count = one.minutes.get(at);
        if (one.kind === 'tenant' && count) minute.set(one.name, count);
      }
      known.set(key, minute);
    }
    return minute;
  }

  return {
    id: 'rate-limit-refusals',
    permission: rateLimitReadPermission.name,
    async getFacts({ now: date }) {
      const now = date.getTime();
      const end = Math.floor((now - SETTLED_AFTER_MS) / MINUTE_MS) * MINUTE_MS;
      const minutes = Array.from(
        { length: WINDOW_MINUTES },
        (_, i) => end - (WINDOW_MINUTES - i) * MINUTE_MS,
      );
      const facts: AttentionFact[] = [];
      const wanted = new Set<string>();
      for (const { name } of await usage.limiters(now)) {
        const window: Array<[number, Minute]> = [];
        for (const at of minutes) {
          wanted.add(`${name} ${at}`);
          window.push([at, await minuteOf(name, at)]);
        }
        facts.push(...factsOf(name, window, rules));
      }
      for (const key of known.keys()) if (!wanted.has(key)) known.delete(key);
      return facts;
    },
  };
}

function factsOf(
  limiter: string,
  window: Array<[at: number, Minute]>,
  rules: RefusalRules,
): AttentionFact[] {
  const tenants = new Map<
    string,
    { asked: number; refused: number; since: number }
  >();
  for (const [at, minute] of window) {
    for (const [tenant, { passed, refused }] of minute) {
      const sum = tenants.get(tenant) ?? { asked: 0, refused: 0, since: 0 };
      sum.asked += passed + refused;
      sum.refused += refused;
      if (refused > 0 && sum.since === 0) sum.since = at;
      tenants.set(tenant, sum);
    }
  }
  return [...tenants].flatMap(([tenant, { asked, refused, since }]) => {
    if (asked < rules.minRequests || refused / asked < rules.share) return [];
    const percent = Math.round((refused / asked) * 100);
    return {
      key: `refused:${limiter}:${tenant}`,
      kind: 'requests-refused',
      severity: 'normal',
      ...worded(
        sentence('requests-refused', { tenant, percent }),
        sentence('requests-refused-figures', {
          ...{ refused, asked, limiter },
          minutes: WINDOW_MINUTES,
        }),
      ),
      subject: { kind: 'tenant', ref: tenant, title: tenant },
      tenant,
      since: new Date(since),
      place: PLACE,
      actions: [
        { kind: 'open', title: 'Open' },
        { kind: 'override', client: tenant },
      ],
    };
  });
}
