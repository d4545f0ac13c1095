import type { Facts } from './Facts';
import type { Findings } from './Findings';

/** Nothing is called away that has been back for so long. */
const BACK_AFTER_MS = 15_000;

/**
 * What the API said of itself while nothing was wrong, as lines `said` of the journals have it; and
 * that no answer shows the inside of the server.
 */
export function checkSentences(facts: Facts, findings: Findings): void {
  const jobs = new Set<string>();
  for (const { at, freshness, unregistered, attention } of facts.of('said')) {
    if (facts.troubled(at - BACK_AFTER_MS, at)) continue;
    if (freshness && freshness.state !== 'live') {
      findings.add(
        'sentences',
        'false',
        `at ${new Date(at).toISOString()}: ${freshness.reason}`,
      );
    }
    for (const job of unregistered ?? []) {
      if (jobs.has(job)) continue;
      jobs.add(job);
      findings.add('sentences', 'false', `${job} has no worker, it says`);
    }
    for (const item of attention ?? []) {
      findings.add('sentences', 'false', item);
    }
  }
  for (const [words, count] of internalErrors(facts)) {
    findings.add('sentences', 'false', `${count} answers with a 500: ${words}`);
  }
}

/** Answers with a 500, by their words. */
function internalErrors(facts: Facts): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { what, status, body } of facts.lines) {
    if (!['answered', 'not-read'].includes(what) || status !== 500) continue;
    const words = String(body?.error?.message ?? body)
      .replace(/logId=\w+/, 'logId=…')
      .slice(0, 120);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return counts;
}
