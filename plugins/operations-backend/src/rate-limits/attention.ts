import { rateLimitReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionFact,
  AttentionSource,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  subjectKey,
  type LimiterRecord,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { worded } from '../attention/words';
import { MINUTE_MS } from '../lib/time';
import type { OverrideStore, StoredOverride } from './OverrideStore';
import { perMinute } from './preview';
import type { UsageReader } from './UsageReader';
import { sentence } from '../lib/sentences';

const PLACE = { kind: 'page', page: 'rate-limits' } as const;
/** This long before its end, an override that is still needed becomes a fact. */
const ENDS_SOON_MS = 15 * MINUTE_MS;
/** Traffic is measured over this many whole minutes. */
const LOOK_BACK_MINUTES = 5;

/**
 * An override ends soon while its subject still asks for more than the normal limit lets through:
 * when it ends, requests are refused.
 */
export function overrideAttention(
  store: OverrideStore,
  usage: UsageReader,
): AttentionSource {
  return {
    id: 'rate-limits',
    permission: rateLimitReadPermission.name,
    async getFacts({ now: date }) {
      const now = date.getTime();
      const soon = (await store.unended(now, 200)).filter(
        o => o.startsAt <= now && o.endsAt - now <= ENDS_SOON_MS,
      );
      const limiters = soon.length ? await usage.limiters(now) : [];
      const facts: AttentionFact[] = [];
      // one at a time: there may be many, and each reads what every client of a limiter did
      for (const override of soon) {
        facts.push(...(await factsOf(override, limiters, usage, now)));
      }
      return facts;
    },
  };
}

async function factsOf(
  override: StoredOverride,
  limiters: LimiterRecord[],
  usage: UsageReader,
  now: number,
): Promise<AttentionFact[]> {
  const facts: AttentionFact[] = [];
  const { subject } = override;
  for (const limiter of limiters) {
    if (override.limiter && override.limiter !== limiter.name) continue;
    const quota = subject.kind === 'tenant' ? limiter.tenant : limiter.address;
    if (!quota) continue;
    const clients = await usage.of(
      limiter.name,
      subject,
      now - MINUTE_MS,
      LOOK_BACK_MINUTES,
    );
    // of a network each address has the limit for itself: the busiest counts
    const busiest = Math.max(
      0,
      ...clients.map(minutes =>
        minutes.reduce((n, m) => n + m.passed + m.refused, 0),
      ),
    );
    const asked = busiest / LOOK_BACK_MINUTES;
    const normal = perMinute(quota);
    if (asked <= normal) continue;
    const name = subjectKey(subject).replace(/^\w+:/, '');
    facts.push({
      key: `override-ending:${override.id}:${limiter.name}`,
      kind: 'override-ending',
      severity: 'normal',
      ...worded(
        sentence('override-ending', { client: name }),
        sentence('override-ending-figures', {
          asked: Math.round(asked),
          limiter: limiter.name,
          limit: Math.round(normal),
        }),
      ),
      subject: { kind: 'rate-limit-override', ref: override.id, title: name },
      tenant: subject.kind === 'tenant' ? subject.tenant : undefined,
      since: new Date(override.endsAt - ENDS_SOON_MS),
      place: PLACE,
      actions: [
        { kind: 'open', title: 'Open' },
        { kind: 'override', client: name },
      ],
    });
  }
  return facts;
}
