import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  isFinalStatus,
  type RunBulkAction,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobCancelPermission,
  jobRetryPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import { PORTAL_RUN_PREFIX } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import type { NewAuditRow } from '../../audit/AuditStore';
import { outcomeOf } from '../../audit/entryRows';
import { LanePace } from '../../bulk/LanePace';
import type { RunSteps } from '../../jobs/runs/RunSteps';
import type { AskedBy } from '../../lib/caller';
import { uuidOf } from '../../lib/idempotency';
import { Lease } from '../../platform/lease';
import { startLoop, type Loop } from '../../platform/loop';
import { RunBulkQueue, type Claimed, type Turn } from './RunBulkQueue';
import { laneName, type Lane, type RunBulkRow } from './rows';
import { refusal, sentence } from '../../lib/sentences';

/** How often the pace is looked at. */
const TICK_MS = 100;
/** Runs that have their turn in one tick, over all lanes. */
const MOST_PER_TICK = 100;
const LOOK_FOR_LANES_MS = 1_000;
const LEASE_MS = 5_000;
/** A turn that is not settled after this time is tried again: a process died, or Redis was away. */
const OVERDUE_MS = 5_000;
/** A turn that fails for so long, other than because the platform is away, has failed. */
const GIVE_UP_MS = 10 * 60_000;
/** How often all runs are looked up that bulk actions wait for; their records say it sooner. */
const FOLLOW_UP_MS = 30_000;

export const BULK_PERMISSIONS = {
  retry: jobRetryPermission,
  cancel: jobCancelPermission,
} as const satisfies Record<RunBulkAction, unknown>;

/**
 * Gives the runs of bulk actions their turns: each job and tenant at its pace, by one replica at a
 * time.
 *
 * An item is `pending` until it is claimed, `sending` until its turn is over, then `sent` until the
 * run that it made, or cancelled, has ended. Any process may die at any point, and no run may be
 * retried twice or lost:
 *
 * - A claim is one transaction, so that of several replicas one has the turn.
 * - The id of a retry follows from the bulk action and the run. A turn that is cut off is begun
 *   again with the same id, by whichever replica holds the lease. Where that run is known to the
 *   history, nothing is queued; where it is not, the engine adds no second one of an id.
 * - Each turn obeys the rules of a single retry or cancel at the time of the turn: what was retried
 *   by somebody else meanwhile, or is forbidden by a newer declaration, is refused with its reason.
 * - How a turn went is noted in one transaction with its entry of the audit trail.
 */
export class RunBulkRunner {
  private readonly queue: RunBulkQueue;
  private readonly lease: Lease;
  private readonly pace = new LanePace();
  private readonly stopping = new AbortController();
  private readonly loops: Loop[] = [];
  private leasing?: Promise<void>;
  private lookedForLanesAt = 0;
  private lanes: Array<Lane & { underWay: number }> = [];
  /** ids of items whose turn is under way in this process */
  private readonly inHand = new Set<string>();
  private followedUpAt = 0;

  constructor(
    private readonly options: {
      knex: Knex;
      redis: OperationsRedis;
      logger: LoggerService;
      steps: Pick<RunSteps, 'find' | 'retry' | 'cancel'>;
      /** writes the entries of the audit trail */
      audit: {
        appendNewIn(
          trx: Knex.Transaction,
          rows: NewAuditRow[],
        ): Promise<unknown>;
      };
      /** items had their turn, or ended */
      onChange(): void;
      now?: () => number;
    },
  ) {
    const { knex, audit } = options;
    this.queue = new RunBulkQueue(knex, (trx, turns) =>
      audit.appendNewIn(trx, turns.flatMap(entryOf(this.now()))),
    );
    this.lease = new Lease({
      ...options,
      name: 'run-bulks',
      lifeMs: LEASE_MS,
      onTaken: () => {
        this.followedUpAt = 0;
      },
    });
  }

  start(): void {
    const { logger } = this.options;
    const { signal } = this.stopping;
    this.leasing = this.lease.start(signal);
    this.loops.push(
      startLoop({
        name: 'Giving the runs of bulk actions their turns',
        pauseMs: TICK_MS,
        signal,
        logger,
        work: async () => {
          if (this.lease.held) await this.tick();
        },
      }),
      startLoop({
        name: 'Looking after the runs of bulk actions',
        pauseMs: 1_000,
        signal,
        logger,
        work: async () => {
          if (this.lease.held) await this.caretake();
        },
      }),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.loops.map(({ done }) => done), this.leasing]);
  }

  /** Something new waits, or what waited was stopped. */
  wake(): void {
    this.lookedForLanesAt = 0;
    this.pace.dropWaiting();
    for (const loop of this.loops) loop.wake();
  }

  /** Ends the items whose runs are recorded to have ended. */
  async note(records: RunRecord[]): Promise<void> {
    const ids = records
      .filter(({ state }) => isFinalStatus(state))
      .map(({ id }) => id);
    if (!ids.length) return;
    if (await this.queue.endFollowed(this.now(), ids)) this.options.onChange();
  }

  private async tick(): Promise<void> {
    const now = this.now();
    if (now - this.lookedForLanesAt >= LOOK_FOR_LANES_MS) {
      this.lookedForLanesAt = now;
      this.lanes = await this.queue.lanes();
      this.pace.keepOnly(this.lanes.map(laneName));
    }
    if (!this.lanes.length) return;
    const ids: string[] = [];
    for (const lane of this.lanes) {
      const room = MOST_PER_TICK - ids.length;
      if (room <= 0) break;
      const taken = await this.pace.take(
        laneName(lane),
        { now, underWay: lane.underWay, most: room },
        limit => this.queue.next(lane, limit),
      );
      lane.underWay += taken.length;
      ids.push(...taken);
    }
    if (!ids.length) return;
    // the first lane moves to the end, so that each is first in turn
    this.lanes.push(...this.lanes.splice(0, 1));
    // Redis first: what cannot be handed over is not claimed
    await this.options.redis.execute(client => client.ping());
    const claimed = await this.queue.claim(ids, now, madeIdOf);
    // What is missing was stopped, by whichever replica was asked to: the rest of it may have been
    // read ahead, and must not be in the way of what another action does to the same lane.
    if (claimed.length < ids.length) this.pace.dropWaiting();
    await this.send(claimed);
    // what took long must not be followed at once by the turns of the next second
    this.pace.delayed(this.now());
  }

  private async caretake(): Promise<void> {
    const now = this.now();
    const overdue = await this.queue.overdue(now - OVERDUE_MS);
    await this.send(
      overdue.filter(({ id }) => !this.inHand.has(id)),
      { again: true },
    );
    if (now - this.followedUpAt < FOLLOW_UP_MS) return;
    this.followedUpAt = now;
    while (await this.queue.endFollowed(now)) {
      this.options.onChange();
      if (this.stopping.signal.aborted) return;
    }
  }

  /** @param turn - `again`: their turn was begun before, and cut off at any point of it */
  private async send(
    items: Claimed[],
    turn: { again: boolean } = { again: false },
  ): Promise<void> {
    if (!items.length) return;
    for (const { id } of items) this.inHand.add(id);
    try {
      const turns = await Promise.all(items.map(item => this.turn(item, turn)));
      const over = turns.filter(one => one !== undefined);
      await this.queue.settle(over, this.now());
      // a short run may have ended before its turn was settled
      await this.queue.endFollowed(
        this.now(),
        over.map(({ item }) => item.madeRunId ?? item.runId),
      );
      this.options.onChange();
    } finally {
      for (const { id } of items) this.inHand.delete(id);
    }
  }

  /**
   * Nothing where the turn is tried again: the platform could not be reached, or something else
   * failed and may not the next time.
   */
  private async turn(
    item: Claimed,
    { again }: { again: boolean },
  ): Promise<Turn | undefined> {
    try {
      return { item, ...(await this.act(item, again)) };
    } catch (error) {
      if (isRefusal(error)) {
        return { item, state: 'refused', message: error.message };
      }
      if (!(error instanceof ServiceUnavailableError)) {
        this.options.logger.warn(
          `The turn of run ${item.runId} in ${item.bulkId} failed, and is tried again`,
          error as Error,
        );
        if (this.now() - item.sentAt! >= GIVE_UP_MS) {
          return { item, state: 'failed', message: (error as Error).message };
        }
      }
      return undefined;
    }
  }

  private async act(
    item: Claimed,
    again: boolean,
  ): Promise<Pick<Turn, 'state'>> {
    const { steps } = this.options;
    const { bulk, madeRunId, runId } = item;
    const by = askedBy(bulk);
    const { reason } = bulk;
    if (madeRunId && (await steps.find(madeRunId))) return { state: 'sent' };
    const found = await steps.find(runId);
    if (!found) throw refusal(ConflictError, sentence('run-not-kept'));
    if (bulk.action === 'cancel') {
      const { status, cancelled_by: who } = found.run;
      // a turn that was cut off has asked for it already
      if (status === 'cancelling') return { state: 'sent' };
      if (status === 'cancelled' && who === by.actor)
        return { state: 'succeeded' };
      const now = await steps.cancel(found, { reason, by, again });
      return { state: now === 'cancelled' ? 'succeeded' : 'sent' };
    }
    // this turn, cut off, may have queued it while it was looked for
    if (found.run.retried_by === madeRunId) return { state: 'sent' };
    if (found.run.retried_by) {
      throw refusal(ConflictError, sentence('run-retried'));
    }
    await steps.retry(found, { runId: madeRunId!, reason, by });
    return { state: 'sent' };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}

/** The run that an item makes: the same whenever its turn is tried. */
function madeIdOf({ bulk, runId }: Claimed): string | null {
  return bulk.action === 'retry'
    ? `${PORTAL_RUN_PREFIX}${uuidOf({
        ...{ actor: bulk.id, key: runId, requestHash: '' },
      })}`
    : null;
}

function askedBy(bulk: RunBulkRow): AskedBy {
  const { requestedBy, through, action } = bulk;
  const permission = BULK_PERMISSIONS[action].name;
  return through
    ? { actor: through, onBehalfOf: requestedBy, permission }
    : { actor: requestedBy, permission };
}

function isRefusal(error: unknown): error is Error {
  return (
    error instanceof ConflictError ||
    error instanceof InputError ||
    error instanceof NotAllowedError
  );
}

/** The entry of a turn in the audit trail: its id follows from the item, so there is one. */
function entryOf(now: number) {
  return ({ item, state, message }: Turn): NewAuditRow[] => {
    const { bulk, runId, jobId, tenant, madeRunId } = item;
    const { actor, onBehalfOf } = askedBy(bulk);
    const target = `run:${runId}`;
    const key = `audit ${runId}`;
    const intent: NewAuditRow = {
      entryId: uuidOf({ actor: bulk.id, key, requestHash: '' }),
      kind: 'intent',
      at: now,
      actor,
      onBehalfOf,
      action: `job.${bulk.action}`,
      target,
      jobId,
      tenant: tenant || undefined,
      reason: bulk.reason,
      parameters: { bulk: bulk.id },
    };
    const ended =
      state === 'refused' || state === 'failed'
        ? outcomeOf(intent, state, now, { error: new Error(message) })
        : outcomeOf(intent, 'succeeded', now, {
            after: madeRunId
              ? { runId: madeRunId }
              : {
                  status: state === 'succeeded' ? 'cancelled' : 'cancelling',
                },
          });
    return [intent, ended];
  };
}
