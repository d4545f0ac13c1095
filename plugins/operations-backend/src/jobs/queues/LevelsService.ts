import { jobReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type {
  Compliance,
  JobsQuery,
  QueueHistory,
  QueueHistoryQuery,
  QueueLevel,
  ServiceLevel,
  ServiceLevels,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  EngineJobRef,
  JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import { above, percentiles } from '../../lib/histogram';
import { toPage } from '../../lib/keyset';
import { dayOf, iso } from '../../lib/time';
import type { Access } from '../../permissions/Access';
import { traitsOf } from '../capabilities';
import type { InventoryRow, InventoryStore } from '../inventory/InventoryStore';
import type { JobsService } from '../JobsService';
import { addUp, type LevelStore, type Totals } from './LevelStore';
import { queuesOf } from './queuesOf';
import { BUCKET_MS, bucketOf, BUCKETS } from './QueueSamples';

type Days = Awaited<ReturnType<LevelStore['totals']>>;

/**
 * How jobs and their queues compare with what was declared: a page at a time, from roll-ups. The
 * engine is asked for the queues of the page only.
 */
export class LevelsService {
  constructor(
    private readonly options: {
      store: LevelStore;
      inventory: InventoryStore;
      jobs: JobsService;
      engines: ReadonlyMap<string, JobEngine>;
      now?: () => number;
    },
  ) {}

  async list(query: JobsQuery, access: Access): Promise<ServiceLevels> {
    const { store, inventory, jobs } = this.options;
    const now = this.options.now?.() ?? Date.now();
    const readable = await access.jobs(jobReadPermission);
    const page = await inventory.list(query, readable);
    // a filter by tenant asks for a part, whatever one may see
    const whole = page.rows.filter(
      ({ job }) => !query.tenant && readable.coversWhole(traitsOf(job)),
    );
    const parts = page.rows.filter(row => !whole.includes(row));
    const from = dayOf(now) - 29;
    const [queues, ofWhole, ofParts] = await Promise.all([
      this.queues(whole, now),
      store.totals(idsOf(whole), from),
      store.totals(idsOf(parts), from, {
        access: readable,
        tenants: query.tenant,
      }),
    ]);
    const days: Days = new Map([...ofWhole, ...ofParts]);
    return {
      ...toPage(page, row =>
        levelOf(row, queues.levels.get(row.job.id), days, now),
      ),
      freshness: queues.away ?? jobs.freshness(),
    };
  }

  async history(
    query: QueueHistoryQuery,
    access: Access,
  ): Promise<QueueHistory> {
    const now = this.options.now?.() ?? Date.now();
    const { store } = this.options;
    const readable = await access.jobs(jobReadPermission);
    const [{ rows, looked }, seen] = await Promise.all([
      store.buckets(readable, query, now),
      store.seen(readable, query),
    ]);
    const byBucket = new Map(rows.map(row => [row.bucket, row]));
    const last = bucketOf(now);
    const points = Array.from({ length: BUCKETS }, (_, i) => {
      const bucket = last - BUCKETS + 1 + i;
      const row = byBucket.get(bucket);
      return {
        at: iso(bucket * BUCKET_MS),
        sampled: looked.has(bucket),
        waiting: row?.waiting ?? 0,
        oldestWaitMs: row?.oldestWaitMs ?? 0,
        ended: row?.ended ?? 0,
      };
    });
    return {
      bucketMs: BUCKET_MS,
      queues: seen.whole,
      hidden: seen.part,
      points,
    };
  }

  private async queues(rows: InventoryRow[], now: number) {
    const levels = new Map<string, QueueLevel>();
    const { jobs, engines, store } = this.options;
    if (!rows.length || jobs.freshness().state === 'stale') return { levels };
    const through = store.throughput(idsOf(rows), now);
    try {
      const registered = rows.map(row => row.job).filter(j => j.registered);
      const states = await queuesOf(engines, registered as EngineJobRef[]);
      const ended = await through;
      for (const { engine: _, queue: __, jobId, ...state } of states) {
        levels.set(jobId, {
          ...state,
          endedLastHour: ended.get(jobId)?.lastHour ?? 0,
          endedLastDay: ended.get(jobId)?.lastDay ?? 0,
        });
      }
      return { levels };
    } catch (error) {
      await through.catch(() => undefined);
      // what the database knows is shown nevertheless
      return { levels, away: jobs.staleBy(error) };
    }
  }
}

function levelOf(
  { job, display }: InventoryRow,
  queue: QueueLevel | undefined,
  days: Days,
  now: number,
): ServiceLevel {
  const since = (count: number): Totals =>
    addUp(
      (days.get(job.id) ?? []).filter(({ day }) => day > dayOf(now) - count),
    );
  const week = since(7);
  const target = display?.targetDurationMs;
  const [p50, p95] = percentiles(week.durations, [0.5, 0.95]);
  return {
    jobId: job.id,
    engine: job.engine,
    name: job.name,
    title: display?.title,
    owner: job.owner || undefined,
    queue,
    targetDurationMs: target,
    p50DurationMs: p50,
    p95DurationMs: p95,
    days7: complianceOf(week, target),
    days30: complianceOf(since(30), target),
  };
}

function idsOf(rows: InventoryRow[]): string[] {
  return rows.map(row => row.job.id);
}

/**
 * Of the runs that ended without being cancelled or refused, those that succeeded, within the
 * target where there is one. Durations are known to four percent; runs that timed out count as the
 * longest.
 */
export function complianceOf(
  totals: Totals,
  targetMs: number | undefined,
): Compliance {
  const { succeeded, failed, timed_out: timedOut, lost } = totals;
  const late =
    targetMs === undefined
      ? 0
      : Math.max(0, above(totals.durations, targetMs) - timedOut);
  return {
    runs: succeeded + failed + timedOut + lost,
    met: Math.max(0, succeeded - late),
  };
}
