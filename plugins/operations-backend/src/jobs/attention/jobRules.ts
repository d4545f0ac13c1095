import {
  jobKeyOf,
  type Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionAction } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { groupBy } from '../../lib/groupBy';
import { iso } from '../../lib/time';
import { sentenceFor, worded } from '../../attention/words';
import type { JobFacts, JobRuleDefaults } from './jobFacts';
import type { TwiceExecutedRun, UnreadableRow } from './JobFactsStore';
import { jobPlace, runPlace } from './places';
import { sentence, asValue } from '../../lib/sentences';

type Rule = (
  job: JobFacts,
  defaults: JobRuleDefaults,
  now: number,
) => AttentionFact[];

/** A worker that is being replaced is not missed. */
const NO_WORKER_GRACE_MS = 30_000;

const lastRunFailed: Rule = (job, defaults) =>
  job.failures.map(failure => {
    const threshold = job.failureThreshold ?? defaults.failureThreshold;
    const streak = failure.streak >= threshold;
    const { tenant } = failure;
    return fact(job, {
      kind: streak ? 'failing-streak' : `last-run-${failure.status}`,
      // one item from the first failure to the end of the streak
      key: `failed:${failure.tenant ?? ''}`,
      severity: streak ? 'critical' : 'high',
      title: streak
        ? sentenceFor(
            'failing-streak',
            { job: label(job), times: failure.streak },
            tenant,
          )
        : sentenceFor(
            `last-run-${failure.status}`,
            { job: label(job) },
            tenant,
          ),
      detail: failure.error,
      tenant,
      since: failure.since,
      ...onRunPage(
        job,
        failure.runId,
        'Open',
        job.retriable
          ? { kind: 'retry', runId: failure.runId }
          : pageOwner(job),
      ),
    });
  });

const beyondTarget: Rule = (job, _defaults, now) => {
  const target = job.targetDurationMs;
  if (!target) return [];
  return job.active
    .filter(run => run.status === 'running' && now - run.since > target)
    .map(run =>
      fact(job, {
        kind: 'beyond-target',
        key: `beyond-target:${run.runId}`,
        severity: now - run.since > 3 * target ? 'high' : 'normal',
        title: sentenceFor('beyond-target', { job: label(job) }, run.tenant),
        detail: sentence('target', { target: { ms: target } }),
        tenant: run.tenant,
        since: run.since + target,
        ...onRunPage(job, run.runId, 'Open log'),
      }),
    );
};

/** The service level is that 95 of 100 runs meet the target. One slow run is an accident. */
const belowServiceLevel: Rule = (job, _defaults, now) => {
  const { targetDurationMs: target, p95Ms: p95, slowRuns } = job;
  if (target === undefined || p95 === undefined || p95 <= target) return [];
  if (slowRuns < 2) return [];
  return [
    fact(job, {
      kind: 'service-level',
      severity: 'low',
      title: sentence('service-level', { job: label(job) }),
      detail: sentence('service-level-figures', {
        p95: { aboutMs: p95 },
        target: { ms: target },
      }),
      since: now,
      ...onJobPage(job),
    }),
  ];
};

const queueTooDeep: Rule = (job, defaults, now) => {
  const limit = job.maxQueueDepth ?? defaults.maxQueueDepth;
  if (limit === undefined || !job.queue || job.queue.waiting <= limit)
    return [];
  return [
    fact(job, {
      kind: 'queue-depth',
      severity: job.queue.waiting > 4 * Math.max(limit, 1) ? 'high' : 'normal',
      title: sentence('queue-depth', {
        job: label(job),
        count: job.queue.waiting,
      }),
      detail: sentence('at-most', { limit }),
      since: now,
      ...onJobPage(job),
    }),
  ];
};

const waitTooLong: Rule = (job, defaults, now) => {
  const limit = job.maxWaitMs ?? defaults.maxWaitMs;
  const wait = job.queue?.oldestWaitMs;
  if (limit === undefined || wait === undefined || wait <= limit) return [];
  return [
    fact(job, {
      kind: 'queue-wait',
      severity: wait > 4 * limit ? 'high' : 'normal',
      title: sentence('queue-wait', { job: label(job) }),
      detail: sentence('at-most', { limit: { ms: limit } }),
      since: now - wait + limit,
      ...onJobPage(job),
    }),
  ];
};

const missed: Rule = (job, defaults, now) => {
  const due = job.schedule?.lastDueAt;
  if (due === undefined) return [];
  const grace = job.missedAfterMs ?? defaults.missedAfterMs;
  const known = job.schedule?.missed;
  if (!known && now - due <= grace) return [];
  return [
    fact(job, {
      kind: 'schedule-missed',
      severity: 'high',
      title: sentence('schedule-missed', { job: label(job) }),
      detail: job.registered
        ? known?.why ??
          (job.firedBy
            ? sentence('fired-by', { scheduler: job.firedBy })
            : undefined)
        : sentence('not-announced'),
      since: due,
      ...onJobPage(
        job,
        job.runnable ? { kind: 'run', jobId: job.id } : pageOwner(job),
      ),
    }),
  ];
};

/** Only the other scheduler can keep a run from beginning before the last one has ended. */
const overlapping: Rule = job => {
  if (!job.firedBy) return [];
  const under = job.active.filter(run => run.status !== 'queued');
  return [...groupBy(under, run => run.tenant ?? '').values()].flatMap(runs => {
    runs.sort((a, b) => a.since - b.since);
    const second = runs[job.concurrency];
    if (!second) return [];
    const { tenant } = second;
    return fact(job, {
      kind: 'overlapping',
      key: `overlapping:${tenant ?? ''}`,
      severity: 'high',
      title: sentenceFor(
        'overlapping',
        { job: label(job), runs: runs.length },
        tenant,
      ),
      detail: sentence('overlapping-by', { scheduler: job.firedBy! }),
      tenant,
      since: second.since,
      ...onRunPage(job, second.runId, 'Open log', pageOwner(job)),
    });
  });
};
const missedForTenant: Rule = job =>
  job.missedTenants.map(({ tenant, runId, slot, why }) =>
    fact(job, {
      kind: 'schedule-missed',
      key: `missed:${tenant}`,
      severity: 'high',
      title: sentenceFor('schedule-missed', { job: label(job) }, tenant),
      detail: why,
      tenant,
      since: slot,
      ...onRunPage(job, runId, 'Open', pageOwner(job)),
    }),
  );

const noWorker: Rule = (job, _defaults, now) => {
  const waiting = job.active.filter(run => run.status === 'queued');
  const dead = job.queue ? job.queue.workers === 0 : !job.registered;
  const oldest = Math.min(...waiting.map(run => run.since));
  if (!dead || !waiting.length || now - oldest < NO_WORKER_GRACE_MS) return [];
  return [
    fact(job, {
      kind: 'no-worker',
      severity: 'high',
      title: sentence('no-worker', { job: label(job) }),
      detail: sentence('runs-wait', { count: waiting.length }),
      since: oldest,
      ...onJobPage(job),
    }),
  ];
};

const cancelNotAcknowledged: Rule = (job, defaults, now) => {
  const grace = job.cancelAckMs ?? defaults.cancelAckMs;
  return job.active
    .filter(run => run.status === 'cancelling' && now - run.since > grace)
    .map(run =>
      fact(job, {
        kind: 'cancel-not-acknowledged',
        key: `cancel:${run.runId}`,
        severity: 'normal',
        title: sentence('cancel-not-acknowledged', { job: label(job) }),
        tenant: run.tenant,
        since: run.since,
        ...onRunPage(job, run.runId, 'Open log'),
      }),
    );
};

const RULES: Rule[] = [
  lastRunFailed,
  beyondTarget,
  belowServiceLevel,
  queueTooDeep,
  waitTooLong,
  missed,
  overlapping,
  missedForTenant,
  noWorker,
  cancelNotAcknowledged,
];

/** All facts about one job that need a human. Pure: same job, same clock, same answer. */
export function evaluateJob(
  job: JobFacts,
  defaults: JobRuleDefaults,
  now: number,
): AttentionFact[] {
  return RULES.flatMap(rule => rule(job, defaults, now));
}

/** A guarded run with more than one execution: critical, whatever became of it. */
export function executedTwice(run: TwiceExecutedRun): AttentionFact {
  const { runId, jobId, title, owner, tenant, executions } = run;
  const times = executions.length;
  const isTwice = times <= 2;
  const [first, last] = [executions[0], executions[times - 1]];
  const workerOf = ({ workerId }: typeof first) =>
    workerId || asValue(sentence('unknown-worker'));
  return {
    key: `${jobId}:executed-twice:${runId}`,
    kind: 'executed-twice',
    severity: 'critical',
    ...worded(
      isTwice
        ? sentenceFor('executed-twice', { job: title }, tenant)
        : sentenceFor('executed-often', { job: title, times }, tenant),
      sentence(isTwice ? 'executed-twice-starts' : 'executed-often-starts', {
        run: runId,
        first: { second: iso(first.startedAt) },
        firstWorker: workerOf(first),
        last: { second: iso(last.startedAt) },
        lastWorker: workerOf(last),
      }),
    ),
    subject: { kind: 'job', ref: jobId, title },
    owner,
    tenant,
    since: new Date(run.notedAt),
    place: runPlace(jobId, runId),
  };
}

/** A worker declares what the portal cannot read: what it declares now does not count. */
export function unreadableFact(row: UnreadableRow): AttentionFact {
  const { jobId, problem, owner, isDeclared } = row;
  return {
    key: `unreadable-registration ${jobId}`,
    kind: 'unreadable-registration',
    severity: 'high',
    ...worded(
      sentence('unreadable-registration', { job: jobId }),
      sentence(isDeclared ? 'unreadable-kept' : 'unreadable-unknown', {
        problem,
      }),
    ),
    subject: {
      kind: 'job',
      ref: jobId,
      title: jobKeyOf(jobId).name,
    },
    owner,
    since: new Date(row.since),
    place: isDeclared ? jobPlace(jobId) : { kind: 'page', page: 'jobs' },
  };
}

/** @param rule - without a `key`, a job has one item of the kind */
function fact(
  job: JobFacts,
  {
    title,
    detail,
    ...rule
  }: Omit<
    AttentionFact,
    'key' | 'subject' | 'owner' | 'since' | 'title' | 'detail'
  > & {
    key?: string;
    title: Sentence;
    detail?: Sentence | string;
    since: number;
  },
): AttentionFact {
  return {
    ...rule,
    ...worded(title, detail),
    // the names of engine and job hold no blank
    key: `${job.id} ${rule.key ?? rule.kind}`,
    subject: { kind: 'job', ref: job.id, title: label(job) },
    owner: job.owner,
    since: new Date(rule.since),
  };
}

function label(job: JobFacts): string {
  return job.title ?? job.name;
}

function onJobPage(job: JobFacts, ...more: AttentionAction[]) {
  const open = { kind: 'open' as const, title: 'Open' };
  return { place: jobPlace(job.id), actions: [open, ...more] };
}

function onRunPage(
  job: JobFacts,
  runId: string,
  title: string,
  ...more: AttentionAction[]
) {
  const open = { kind: 'open' as const, title };
  return { place: runPlace(job.id, runId), actions: [open, ...more] };
}

function pageOwner(job: JobFacts): AttentionAction {
  if (job.onCall) return { kind: 'page', ...job.onCall };
  return {
    kind: 'page',
    title: job.owner
      ? `Ask ${job.owner.replace(/^group:default\//, '')}`
      : 'Ask its owner',
    entityRef: job.owner,
  };
}
