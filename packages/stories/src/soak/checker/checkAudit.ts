import type { Api } from './Api';
import type { Facts } from './Facts';
import type { Findings } from './Findings';

/** The trail: each accepted action is in it, once, and succeeded; and it is whole. */
export async function checkAudit(
  facts: Facts,
  api: Api,
  findings: Findings,
): Promise<{ rows: number; unsettled: number }> {
  const entries = await api.list('/audit');
  const byId = new Map(entries.map(entry => [entry.id, entry]));
  const byReason = new Map<string, any[]>();
  for (const entry of entries) {
    const { reason } = entry;
    if (reason) byReason.set(reason, [...(byReason.get(reason) ?? []), entry]);
  }
  for (const { accepted, final, action, body, key } of facts.asks) {
    const all = byReason.get(body.reason) ?? [];
    const done = all.filter(({ outcome }) => outcome === 'succeeded');
    if (done.length > 1) {
      const ids = done.map(({ id }) => id).join(', ');
      findings.add('actions', 'doubled', `${action} ${key}: entries ${ids}`);
    }
    if (!accepted) {
      if (final && done.length > 0) {
        findings.add(
          'actions',
          'false',
          `${action} ${key} was answered with ${final.status}, and succeeded`,
        );
      }
      continue;
    }
    const entry = byId.get(final!.body.auditId);
    if (!entry) {
      findings.add('actions', 'lost', `${action} ${key} is not in the trail`);
    } else if (!['succeeded', 'intended'].includes(entry.outcome)) {
      // a purge is accepted, and may fail later
      if (action === 'purge' && entry.outcome === 'failed') continue;
      findings.add(
        'actions',
        'false',
        `${action} ${key} was accepted, and its entry ${entry.id} says ${entry.outcome}: ${entry.error}`,
      );
    }
  }
  const verification = await api.get('/audit/verification');
  if (!verification.whole) {
    const why = JSON.stringify(verification.brokenAt);
    findings.add('sentences', 'false', `the trail is not whole: ${why}`);
  }
  const unsettled = entries.filter(({ outcome }) => outcome === 'intended');
  return { rows: entries.length, unsettled: unsettled.length };
}
