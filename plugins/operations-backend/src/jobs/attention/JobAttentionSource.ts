import {
  jobReadPermission,
  type QueueState,
} from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionFact,
  AttentionSource,
  EngineJobRef,
  JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import { groupBy } from '../../lib/groupBy';
import { DAY_MS } from '../../lib/time';
import type { PlatformHealth } from '../ports';
import { queuesOf } from '../queues/queuesOf';
import { factsOf } from './factsOf';
import type { JobRuleDefaults } from './jobFacts';
import { clockFacts, portalClockFact } from './clockFacts';
import { holdFacts, mayBeHeld } from './holdFacts';
import { evaluateJob, executedTwice, unreadableFact } from './jobRules';
import type { JobFactsStore } from './JobFactsStore';
import { redisFacts } from './redisFacts';
import { worded } from '../../attention/words';
import { sentence } from '../../lib/sentences';

/**
 * A run that was executed twice stays in view for a month: no later run makes up for it. Whoever
 * has dealt with it acknowledges the item.
 */
const EXECUTED_TWICE_MS = 30 * DAY_MS;

/** The share of the run stream's bound at which the portal warns that reports will be lost. */
const STREAM_WARNING = 0.5;

export interface JobAttentionOptions {
  store: JobFactsStore;
  listQueues(): Promise<EngineJobRef[]>;
  engines: ReadonlyMap<string, JobEngine>;
  health: PlatformHealth;
  rules: JobRuleDefaults;
  /** depths as sampled in the same look, for the chart */
  onQueues?(queues: QueueState[], now: number): Promise<void>;
}

/**
 * Facts about jobs: five queries and one pass over the queues, whatever the number of jobs and the
 * length of their history.
 */
export class JobAttentionSource implements AttentionSource {
  readonly id = 'jobs';
  readonly permission = jobReadPermission.name;

  constructor(private readonly options: JobAttentionOptions) {}

  async getFacts({ now }: { now: Date }): Promise<AttentionFact[]> {
    const { store, rules, onQueues } = this.options;
    const at = now.getTime();
    const queues = await this.queues();
    if (this.options.health.available) await onQueues?.(queues, at);
    const byJob = new Map(queues.map(q => [q.jobId, q]));
    const busy = queues
      .filter(q => q.waiting > 0 || mayBeHeld(q))
      .map(q => q.jobId);
    const [tenants, active, unreadable, twice] = await Promise.all([
      store.failingTenants(),
      store.activeRuns(),
      store.unreadable(),
      store.executedTwice(at - EXECUTED_TWICE_MS),
    ]);
    const refused = tenants.filter(t => t.lastStatus === 'refused');
    const candidates = await store.candidates([
      ...busy,
      ...new Set(refused.map(t => t.jobId)),
    ]);
    const tenantsOf = groupBy(tenants, t => t.jobId);
    const activeOf = groupBy(active, r => r.jobId);
    const facts = candidates.flatMap(row => {
      const job = factsOf(
        row,
        tenantsOf.get(row.id) ?? [],
        activeOf.get(row.id) ?? [],
        byJob.get(row.id),
        this.options.engines.get(row.engine)?.abilities,
      );
      return evaluateJob(job, rules, at);
    });
    const rows = new Map(candidates.map(row => [row.id, row]));
    return [
      ...facts,
      ...queues.flatMap(queue => holdFacts(queue, rows.get(queue.jobId), now)),
      ...redisFacts(this.options.health.troubles, now),
      ...unreadable.map(unreadableFact),
      ...twice.map(executedTwice),
      ...this.streamFacts(now),
      ...clockFacts(this.options.health.fleet.workers(), now),
      ...portalClockFact(this.options.health.clockSkewMs, now),
    ];
  }

  /** Depths of all queues; none where the engine is away: rules that need them find nothing. */
  private async queues(): Promise<QueueState[]> {
    const { engines, health, listQueues } = this.options;
    return health.available ? queuesOf(engines, await listQueues()) : [];
  }

  private streamFacts(now: Date): AttentionFact[] {
    const stream = this.options.health.runStream;
    if (!stream) return [];
    const waiting = stream.fullest;
    if (waiting < stream.capacity * STREAM_WARNING) return [];
    return [
      {
        key: 'run-stream',
        kind: 'run-stream-filling',
        severity: 'critical',
        ...worded(
          sentence('run-stream-filling'),
          sentence('run-stream-figures', {
            waiting,
            capacity: stream.capacity,
          }),
        ),
        subject: { kind: 'platform', ref: 'run-stream', title: 'Run stream' },
        since: now,
        place: { kind: 'page', page: 'jobs' },
      },
    ];
  }
}
