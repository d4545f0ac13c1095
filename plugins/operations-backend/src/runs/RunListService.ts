import {
  RUN_DURATIONS,
  type RunContext,
  type RunFilter,
  type RunList,
  type RunListQuery,
  type RunSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { jobReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { JobsService } from '../jobs/JobsService';
import { readDetail, toRun, type RunRow } from '../jobs/runs/runRow';
import type { RunsService } from '../jobs/runs/RunsService';
import { toPage } from '../lib/keyset';
import { optionalIso } from '../lib/time';
import type { Access } from '../permissions/Access';
import type { RunListStore } from './RunListStore';

/** Names of the classes of durations, by where they begin. */
const CLASSES = new Map(
  Object.entries(RUN_DURATIONS).map(([name, from]) => [String(from), name]),
);

/** The runs of all jobs, as their caller may see them. */
export class RunListService {
  constructor(
    private readonly options: {
      store: RunListStore;
      jobs: Pick<JobsService, 'freshness'>;
      runs: Pick<RunsService, 'get'>;
      now?: () => number;
    },
  ) {}

  async list(
    { cursor, limit, ...filter }: RunListQuery,
    access: Access,
  ): Promise<RunList> {
    const { store, jobs } = this.options;
    const asked = await this.asked(filter, access);
    const page = await store.list(asked, { cursor, limit });
    return {
      ...toPage(page, toRun),
      totalIsExact: page.totalIsExact,
      freshness: jobs.freshness(),
    };
  }

  async summary(filter: RunFilter, access: Access): Promise<RunSummary> {
    const { store, jobs } = this.options;
    const summary = await store.summary(await this.asked(filter, access));
    const { duration, ...facets } = summary.facets;
    return {
      ...summary,
      facets: {
        ...facets,
        duration: duration.map(one => ({
          ...one,
          value: CLASSES.get(one.value)!,
        })),
      },
      freshness: jobs.freshness(),
    };
  }

  /** What is around a run. @throws NotFoundError if the caller may not see it */
  async context(id: string, access: Access): Promise<RunContext> {
    const { store, runs } = this.options;
    await runs.get(id, access);
    const { previous, next, successes } = await store.around(id);
    const [last] = successes;
    const neighbour = (row: RunRow | undefined) =>
      row && { id: row.id, status: row.status };
    return {
      previous: neighbour(previous),
      next: neighbour(next),
      lastSuccess: last && {
        id: last.id,
        endedAt: optionalIso(last.ended_at),
        durationMs: last.duration_ms ?? undefined,
        parameters: readDetail(last).parameters,
      },
      usualDurationMs: medianOf(
        successes.flatMap(({ duration_ms: ms }) => (ms === null ? [] : [ms])),
      ),
    };
  }

  private async asked(filter: RunFilter, access: Access) {
    return {
      filter,
      access: await access.jobs(jobReadPermission),
      now: this.options.now?.() ?? Date.now(),
    };
  }
}

function medianOf(values: number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
