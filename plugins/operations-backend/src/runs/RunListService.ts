import {
  RUN_DURATIONS,
  type RunFilter,
  type RunList,
  type RunListQuery,
  type RunSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { jobReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { JobsService } from '../jobs/JobsService';
import { toRun } from '../jobs/runs/runRow';
import { toPage } from '../lib/keyset';
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
      now?: () => number;
    },
  ) {}

  async list(
    { cursor, limit, ...filter }: RunListQuery,
    access: Access,
  ): Promise<RunList> {
    const { store, jobs } = this.options;
    const asked = await this.asked(filter, access);
    const [page, total] = await Promise.all([
      store.list(asked, { cursor, limit }),
      store.count(asked),
    ]);
    return {
      ...toPage({ ...page, ...total }, toRun),
      totalIsExact: total.totalIsExact,
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

  private async asked(filter: RunFilter, access: Access) {
    return {
      filter,
      access: await access.jobs(jobReadPermission),
      now: this.options.now?.() ?? Date.now(),
    };
  }
}
