import type {
  Capability,
  JobDetail,
  RunContext,
  RunDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  AuditEntry,
  Run,
} from '@craft-easy/backstage-plugin-operations-common';
import { TENANTS, TEST_JOBS, type TestJob } from './definitions';
import { exampleLog } from './logs';

const MINUTE = 60_000;
const ALLOWED: Capability = { allowed: true };
const ABLE = { able: true } as const;
const ABILITIES: JobDetail['abilities'] = {
  run: ABLE,
  cancel: ABLE,
  retry: ABLE,
  scheduleProof: ABLE,
  log: ABLE,
  pause: { able: false, because: 'its worker takes no holds yet' },
};

/** A number between 0 and 1 that is always the same for the same seed. */
function dice(seed: string): number {
  let hash = 2166136261;
  for (let i = 0; i < seed.length; i++) {
    hash = Math.imul(hash ^ seed.charCodeAt(i), 16777619);
  }
  // without this last step, seeds that differ only at their end give nearly the same number
  hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
  hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** What the caller may do: act as an operator, or only read. */
export type Role = 'operator' | 'viewer';

/**
 * Jobs, runs, logs and audit of a small platform, in memory; only the times differ between starts.
 */
export class TestPlatform {
  /** what is around any run */
  context: RunContext = {};
  role: Role = 'operator';
  readonly jobs: TestJob[];
  /** newest first */
  runs: RunDetail[] = [];
  audit: AuditEntry[] = [];
  readonly logs = new Map<string, string[]>();
  /** answers by their Idempotency-Key */
  readonly answered = new Map<string, { run: RunDetail; auditId: string }>();
  redisAwaySince: string | undefined;
  private count = 0;

  constructor(readonly now: number = Date.now(), jobs = TEST_JOBS) {
    this.jobs = jobs;
    for (const job of jobs) this.invent(job);
    this.runs.sort((a, b) => timeOf(b) - timeOf(a));
  }

  /**
   * Adds the history of a job: at most 60 runs (12 per tenant); the last ones follow the job's
   * definition.
   */
  private invent(job: TestJob): void {
    const tenants = job.tenantScoped ? TENANTS : [undefined];
    const length = Math.min(
      job.tenantScoped ? 12 : 60,
      (30 * 24 * 60) / job.everyMinutes,
    );
    for (const tenant of tenants) {
      for (let i = 1; i <= length; i++) {
        const seed = `${job.name}/${tenant}/${i}`;
        const startedAt =
          this.now - i * job.everyMinutes * MINUTE - dice(`${seed}s`) * MINUTE;
        const durationMs = Math.round(job.typicalMs * (0.6 + dice(seed) * 0.9));
        const failed =
          (job.failsFor !== undefined && job.failsFor === tenant && i < 4) ||
          (job.failsOneIn > 0 && dice(`${seed}f`) < 1 / job.failsOneIn) ||
          (job.name === 'weekly-license-renewal-reminder' && i === 1) ||
          (job.name === 'daily-mrr-rollup' && i === 1);
        this.add(job, {
          tenant,
          status: failed ? 'failed' : 'succeeded',
          startedAt: iso(startedAt),
          queuedAt: iso(startedAt - 900),
          endedAt: iso(startedAt + durationMs),
          durationMs,
          exitCode: failed ? 1 : 0,
          error: failed
            ? {
                name: 'Error',
                message: job.failsWith ?? 'It failed',
                stack: `Error: ${job.failsWith}\n    at run (/srv/jobs/${job.name}.js:87:11)\n    at async execute (/srv/sdk/worker.js:212:20)`,
              }
            : undefined,
          scheduledFor: job.schedule ? iso(startedAt - 900) : undefined,
          parameters: job.parametersSchema
            ? { daysAhead: 30, template: 'reminder-v3' }
            : undefined,
        });
      }
    }
  }

  /** Adds a run as the newest. */
  add(job: TestJob, patch: Partial<RunDetail>): RunDetail {
    const id =
      patch.id ?? `${job.name}.${(++this.count + 0xa41000).toString(16)}`;
    const run: RunDetail = {
      id,
      jobId: `bullmq/${job.name}`,
      jobName: job.name,
      engine: 'bullmq',
      status: 'queued',
      attempt: 1,
      trigger: job.schedule ? 'schedule' : 'api',
      dryRun: false,
      queuedAt: patch.startedAt ?? iso(Date.now()),
      workerId: 'worker-2@demo-platform-6f7d9c',
      engineJobId: `repeat:${job.name}:${id.length}`,
      actions: { cancel: ALLOWED, retry: ALLOWED },
      ...patch,
      errorMessage: patch.error?.message ?? patch.errorMessage,
    };
    this.runs.unshift(run);
    return run;
  }

  job(name: string): TestJob | undefined {
    return this.jobs.find(job => job.name === name);
  }

  runsOf(name: string): RunDetail[] {
    return this.runs.filter(run => run.jobName === name);
  }

  /** The lines of a run's log. */
  log(run: Run): string[] {
    let lines = this.logs.get(run.id);
    if (!lines) this.logs.set(run.id, (lines = exampleLog(run)));
    return lines;
  }

  noteAction(entry: Omit<AuditEntry, 'id' | 'at'>): AuditEntry {
    const row = {
      id: `audit-${this.audit.length + 1}`,
      at: iso(Date.now()),
      ...entry,
    };
    this.audit.unshift(row);
    return row;
  }

  /** What the caller may do with a job. */
  capability(job: TestJob, action: 'run' | 'cancel' | 'retry'): Capability {
    if (job.declared === false) {
      return {
        allowed: false,
        rule: 'capability',
        reason: 'Nobody declares this job: it can only be looked at.',
      };
    }
    if (action !== 'cancel' && job.manualRun === false) {
      return {
        allowed: false,
        rule: 'contract',
        reason: `Its contract says it is not safe to run by hand. ${job.manualRunReason}`,
        contact: job.onCall,
      };
    }
    const state = job.abilities?.[action];
    if (state?.able === false) {
      return {
        allowed: false,
        rule: 'capability',
        reason: `It can only be watched, because ${state.because}`,
      };
    }
    if (this.role === 'viewer') {
      return {
        allowed: false,
        rule: 'permission',
        permission: `operations.job.${action}`,
        reason: `You lack the permission operations.job.${action}.`,
        contact: job.owner
          ? { title: job.owner.split('/')[1], entityRef: job.owner }
          : undefined,
      };
    }
    if (action === 'run' && job.registered === false) {
      return {
        allowed: false,
        rule: 'state',
        reason: 'It is retired: no worker announces it any more.',
      };
    }
    return ALLOWED;
  }

  /** What the caller may do with a run. */
  runActions(run: RunDetail): RunDetail['actions'] {
    const job = this.job(run.jobName)!;
    const active = ['queued', 'running', 'cancelling'].includes(run.status);
    let cancel = this.capability(job, 'cancel');
    if (cancel.allowed && !active) {
      cancel = { allowed: false, rule: 'state', reason: 'It has ended.' };
    } else if (cancel.allowed && run.status === 'cancelling') {
      cancel = {
        allowed: false,
        rule: 'state',
        reason: 'It was already asked to stop.',
      };
    } else if (cancel.allowed && run.status === 'running' && !job.cancellable) {
      cancel = {
        allowed: false,
        rule: 'capability',
        reason:
          'The job does not listen for a cancellation: once running it cannot be stopped.',
        contact: { title: 'the owner', entityRef: job.owner },
      };
    }
    let retry = this.capability(job, 'retry');
    if (retry.allowed && run.status === 'succeeded') {
      retry = {
        allowed: false,
        rule: 'state',
        reason: 'It succeeded: there is nothing to retry.',
      };
    }
    return { cancel, retry };
  }

  detail(job: TestJob): JobDetail {
    const runs = this.runsOf(job.name);
    const lastPerTenant = TENANTS.map(tenant =>
      runs.find(run => run.tenant === tenant),
    );
    const durations = runs
      .slice(0, 50)
      .map(run => run.durationMs)
      .filter((ms): ms is number => ms !== undefined)
      .sort((a, b) => a - b);
    const p95 = durations[Math.floor(durations.length * 0.95)];
    const over =
      job.targetDurationMs !== undefined && p95 > job.targetDurationMs;
    const every = job.everyMinutes * MINUTE;
    const next = job.schedule
      ? [1, 2, 3].map(i =>
          iso(Math.ceil(this.now / every) * every + (i - 1) * every),
        )
      : [];
    const {
      typicalMs,
      failsOneIn,
      failsFor,
      failsWith,
      everyMinutes,
      ...declared
    } = job;
    let scheduleKind: JobDetail['scheduleKind'] = 'on-demand';
    if (job.schedule)
      scheduleKind = 'cron' in job.schedule ? 'cron' : 'interval';
    return {
      id: `bullmq/${job.name}`,
      engine: 'bullmq',
      tags: [],
      entityRef: `component:default/${job.name}`,
      scheduleKind,
      schedule: null,
      nextRunAt: job.registered === false ? undefined : next[0],
      manualRun: true,
      cancellable: false,
      tenantScoped: false,
      tenantCount: job.tenantScoped ? TENANTS.length : 0,
      failingTenantCount: job.tenantScoped
        ? lastPerTenant.filter(run => run?.status === 'failed').length
        : 0,
      declared: true,
      registered: true,
      lastSeenAt: iso(this.now),
      lastRun: runs[0],
      lastRunActions: runs[0] && this.runActions(runs[0]),
      recentRuns: runs
        .slice(0, 20)
        .reverse()
        .map(run => ({
          id: run.id,
          status: run.status,
          durationMs: run.durationMs,
          at: run.startedAt ?? run.queuedAt!,
          tenant: run.tenant,
        })),
      activeRuns: runs.filter(run =>
        ['queued', 'running', 'cancelling'].includes(run.status),
      ).length,
      p95DurationMs: p95,
      sla:
        job.targetDurationMs === undefined
          ? { state: 'none', rules: [] }
          : {
              state: over ? 'breached' : 'ok',
              rules: [
                {
                  rule: 'target-duration',
                  state: over ? 'breached' : 'ok',
                  text: over
                    ? 'slower than its target duration'
                    : 'within its target duration',
                },
              ],
            },
      run: this.capability(job, 'run'),
      queue: job.name,
      system: 'billing-suite',
      lifecycle: 'production',
      links: [
        { title: 'Runbook', url: `https://runbooks.example.com/${job.name}` },
      ],
      nextRuns: next,
      tenants: job.tenantScoped ? TENANTS : [],
      parametersSchema: null,
      supportsDryRun: false,
      supportsTimeRange: false,
      attempts: 1,
      concurrency: 1,
      abilities: ABILITIES,
      workers: job.registered === false ? 0 : 2,
      workersNow: [],
      declarations: [],
      actions: {
        run: this.capability(job, 'run'),
        cancel: this.capability(job, 'cancel'),
        retry: this.capability(job, 'retry'),
      },
      freshness: this.freshness(),
      ...declared,
    };
  }

  freshness(): JobDetail['freshness'] {
    return this.redisAwaySince
      ? {
          state: 'stale',
          asOf: this.redisAwaySince,
          reason: 'Redis unreachable',
        }
      : { state: 'live', asOf: iso(Date.now()) };
  }
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function timeOf(run: Run): number {
  return Date.parse(run.startedAt ?? run.queuedAt ?? '');
}
