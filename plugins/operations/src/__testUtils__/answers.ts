import type {
  ErrorGroup,
  JobsPage,
  Trend,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  JobSummary,
  Run,
} from '@craft-easy/backstage-plugin-operations-common';
import { iso } from './TestPlatform';

/** A page of a list; the cursor is the offset. */
export function paged<T>(items: T[], q: URLSearchParams) {
  const limit = Number(q.get('limit') ?? 50);
  const from = Number(q.get('cursor') ?? 0);
  const more = from + limit < items.length;
  return {
    items: items.slice(from, from + limit),
    totalItems: items.length,
    pageInfo: more ? { nextCursor: String(from + limit) } : {},
  };
}

type Facet = keyof JobsPage['facets'];

/** Counts the values of each facet under the other filters. */
export function facetsOf(
  jobs: JobSummary[],
  q: URLSearchParams,
  matches: (job: JobSummary, q: URLSearchParams, but?: string) => boolean,
): JobsPage['facets'] {
  const values: Record<Facet, (job: JobSummary) => Array<string | undefined>> =
    {
      status: job => [job.lastRun?.status ?? 'never'],
      owner: job => [job.owner],
      schedule: job => [job.scheduleKind],
      tenant: job => (job as { tenants?: string[] }).tenants ?? [],
      tag: job => job.tags,
    };
  const facet = (name: Facet) => {
    const counts = new Map<string, number>();
    for (const job of jobs.filter(j => matches(j, q, name))) {
      for (const value of values[name](job)) {
        if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count);
  };
  return {
    status: facet('status'),
    owner: facet('owner'),
    schedule: facet('schedule'),
    tenant: facet('tenant'),
    tag: facet('tag'),
  };
}

/** A row per day. */
export function trendOf(runs: Run[], days: number): Trend {
  const today = Date.now();
  return {
    days: Array.from({ length: days }, (_, i) => {
      const day = iso(today - (days - 1 - i) * 86_400_000).slice(0, 10);
      const of = runs.filter(run => run.endedAt?.startsWith(day));
      const count = (...statuses: string[]) =>
        of.filter(run => statuses.includes(run.status)).length;
      const durations = of
        .map(run => run.durationMs)
        .filter((ms): ms is number => ms !== undefined)
        .sort((a, b) => a - b);
      return {
        day,
        succeeded: count('succeeded'),
        failed: count('failed', 'timed-out', 'lost'),
        cancelled: count('cancelled'),
        timedOut: count('timed-out'),
        lost: count('lost'),
        refused: count('refused'),
        recovered: of.filter(
          run =>
            run.status === 'failed' &&
            runs.some(
              other => other.retryOf === run.id && other.status === 'succeeded',
            ),
        ).length,
        p50DurationMs: durations[Math.floor(durations.length / 2)],
        p95DurationMs: durations[Math.floor(durations.length * 0.95)],
      };
    }),
  };
}

/** Groups failures by their message without digits. */
export function errorGroupsOf(runs: Run[]): { items: ErrorGroup[] } {
  const groups = new Map<string, ErrorGroup>();
  // oldest first, so that the last one seen is the newest
  for (const run of [...runs].reverse()) {
    if (!run.errorMessage) continue;
    const message = run.errorMessage.replace(/\d+/g, '#');
    const fingerprint = [...message]
      .reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) % 2 ** 32, 7)
      .toString(16);
    const known = groups.get(fingerprint);
    const seen = run.endedAt ?? '';
    groups.set(fingerprint, {
      fingerprint,
      message,
      count: (known?.count ?? 0) + 1,
      firstSeenAt: known?.firstSeenAt ?? seen,
      lastSeenAt: seen,
      lastRunId: run.id,
      recovered: run.recovered ?? false,
      tenants: [
        ...new Set([
          ...(known?.tenants ?? []),
          ...(run.tenant ? [run.tenant] : []),
        ]),
      ],
    });
  }
  return { items: [...groups.values()].sort((a, b) => b.count - a.count) };
}
