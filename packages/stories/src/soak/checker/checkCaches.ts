import type { Facts } from './Facts';
import type { Findings } from './Findings';
import type { Rest } from './Rest';

/**
 * Purges: what the API says of them, against the keys that were there and those that are left.
 * @param left - counts the keys that are left of a batch
 */
export async function checkCaches(
  facts: Facts,
  rest: Rest,
  left: (batch: string) => Promise<number>,
  findings: Findings,
): Promise<{ purgedKeys: number }> {
  const filled = new Map(facts.of('filled').map(line => [line.batch, line]));
  const reasons = new Map<string, string>();
  let purgedKeys = 0;
  for (const [id, purge] of rest.purges) {
    purgedKeys += purge.removed;
    const other = reasons.get(purge.reason);
    if (other) findings.add('purges', 'doubled', `${other} and ${id}`);
    reasons.set(purge.reason, id);
    const batch = purge.pattern.split(':')[2];
    const fill = filled.get(batch);
    if (!fill) continue;
    if (purge.removed > fill.count) {
      findings.add(
        'purges',
        'false',
        `${id} removed ${purge.removed} of ${fill.count} keys`,
      );
    }
    if (purge.status !== 'succeeded') continue;
    // where Redis lost what it held, keys are gone or back without the purge
    if (facts.lostAfter(fill.at)) continue;
    const remaining = await left(batch);
    if (remaining > 0 || purge.removed !== fill.count) {
      findings.add(
        'purges',
        'false',
        `${id} succeeded: ${purge.removed} of ${fill.count} removed, ${remaining} left`,
      );
    }
  }
  return { purgedKeys };
}
