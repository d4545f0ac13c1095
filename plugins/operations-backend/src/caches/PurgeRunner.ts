import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  isRedisAway,
  type CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import { startLoop, type Loop } from '../platform/loop';
import { executePurge, type PurgeEnd } from './executePurge';
import { Pacer } from './pace/Pacer';
import { calibrate, probe } from './pace/probe';
import type { PurgeRow } from './purgeRow';
import type { PurgeStore } from './PurgeStore';

const LOOK_EVERY_MS = 1_000;
/** A replica that has not renewed its lease for this long loses its target to another. */
const LEASE_MS = 10_000;
const RETRY_EVERY_MS = 2_000;
/** A cache that is away for this long makes the purge fail. */
const GIVE_UP_AFTER_MS = 10 * 60_000;

/** The portal's database failed: not the cache. The purge goes on when the database is back. */
class DatabaseFailure extends Error {
  constructor(cause: unknown) {
    super('The database failed during a purge', { cause });
  }
}

function ofDatabase<T>(work: Promise<T>): Promise<T> {
  return work.catch(error => {
    throw new DatabaseFailure(error);
  });
}

/**
 * Executes purges, whichever replica was asked for them. One at a time per target, by the replica
 * that holds the target's lease.
 */
export class PurgeRunner {
  private readonly owner = randomUUID();
  private readonly running = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private loop: Loop | undefined;

  constructor(
    private readonly options: {
      targets: Map<string, CacheTarget>;
      store: PurgeStore;
      logger: LoggerService;
      /** writes to the audit trail how a purge ended, within the transaction that notes it */
      onEnded(purge: PurgeRow, trx: Knex.Transaction): Promise<void>;
      onChange?(): void;
      leaseMs?: number;
    },
  ) {}

  start(): void {
    this.loop = startLoop({
      name: 'Looking for purges',
      pauseMs: LOOK_EVERY_MS,
      signal: this.stopping.signal,
      logger: this.options.logger,
      work: () => this.lookForWork(),
    });
  }

  /** Ends after the command under way; another replica takes over at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop?.done;
    await Promise.all(this.running.values());
  }

  /** Looks for work, now. */
  look(): void {
    this.loop?.wake();
  }

  private async lookForWork(): Promise<void> {
    const { store, targets } = this.options;
    await this.auditEnded();
    const waiting = new Set((await store.unfinished()).map(p => p.target));
    for (const name of waiting) {
      const target = targets.get(name);
      if (!target || this.running.has(name)) continue;
      if (this.stopping.signal.aborted) return;
      if (!(await this.lease(name))) continue;
      const work = this.workOn(target)
        .catch(error =>
          this.options.logger.error(`Purging ${name} failed: ${error}`),
        )
        .finally(() => this.running.delete(name));
      this.running.set(name, work);
    }
  }

  private async auditEnded(): Promise<void> {
    const { store, onEnded } = this.options;
    for (const purge of await store.unaudited()) {
      await store.settle(purge.id, trx => onEnded(purge, trx));
    }
  }

  private lease(target: string): Promise<boolean> {
    const now = Date.now();
    const until = now + (this.options.leaseMs ?? LEASE_MS);
    return this.options.store.takeLease(target, this.owner, now, until);
  }

  private async workOn(target: CacheTarget): Promise<void> {
    const { store } = this.options;
    const lost = new AbortController();
    const signal = AbortSignal.any([lost.signal, this.stopping.signal]);
    const renew = async () => {
      // a database that does not answer says nothing; its answer may be that another has the lease
      const mine = await this.lease(target.name).catch(() => true);
      if (!mine) lost.abort();
    };
    const timer = setInterval(renew, (this.options.leaseMs ?? LEASE_MS) / 4);
    try {
      while (!signal.aborted) {
        const purge = await store.next(target.name, Date.now());
        if (!purge) break;
        this.options.onChange?.();
        await this.purgeUntilOver(purge, target, signal);
        this.options.onChange?.();
      }
    } finally {
      clearInterval(timer);
      await store.releaseLease(target.name, this.owner).catch(() => {});
    }
  }

  /** Tries again while the cache is away, each time from the last checkpoint. */
  private async purgeUntilOver(
    purge: PurgeRow,
    target: CacheTarget,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, logger } = this.options;
    let awaySince: number | undefined;
    let current = purge;
    const answered = () => {
      awaySince = undefined;
    };
    for (;;) {
      try {
        const end = await this.attempt(current, target, signal, answered);
        await ofDatabase(this.finish(current, end));
        return;
      } catch (error) {
        if (signal.aborted) return;
        // a later look goes on from the last checkpoint
        if (error instanceof DatabaseFailure) throw error.cause;
        awaySince ??= Date.now();
        const transient =
          isRedisAway(error) ||
          (error as Error).name === 'ServiceUnavailableError';
        if (!transient || Date.now() - awaySince > GIVE_UP_AFTER_MS) {
          logger.warn(`Purge ${purge.id} failed: ${error}`);
          await this.end(current, 'failed', `${(error as Error).message}`);
          return;
        }
        await store.setError(
          purge.id,
          'The cache does not answer; the purge goes on when it does.',
        );
        await wait(RETRY_EVERY_MS, undefined, { signal }).catch(() => {});
        if (signal.aborted) return;
        current = (await store.get(purge.id)) ?? current;
        if (current.status === 'cancelling') {
          await this.end(current, 'cancelled');
          return;
        }
      }
    }
  }

  private async attempt(
    purge: PurgeRow,
    target: CacheTarget,
    signal: AbortSignal,
    onProgress: () => void,
  ): Promise<PurgeEnd> {
    const { store } = this.options;
    if (purge.status === 'cancelling') {
      return { outcome: 'cancelled', progress: purge.progress };
    }
    const pacer = new Pacer(purge.keysPerSecond, target.maxAddedLatencyMs);
    const session = target.open();
    const over = new AbortController();
    try {
      const nodes = await session.nodes();
      await calibrate(nodes, pacer);
      if (purge.error) await ofDatabase(store.setError(purge.id, null));
      const probing = probe(nodes, pacer, over.signal);
      const end = await executePurge({
        purge,
        work: await ofDatabase(store.work(purge.id)),
        target,
        session,
        pacer,
        signal,
        checkpoint: async state => {
          const status = await ofDatabase(
            store.checkpoint(purge, this.owner, state),
          );
          if (!status) return 'lease-lost';
          onProgress();
          return status === 'cancelling' ? 'cancelled' : 'go-on';
        },
      });
      over.abort();
      await probing;
      end.progress.latencyMs = pacer.latency.p99 ?? end.progress.latencyMs;
      return end;
    } finally {
      over.abort();
      session.close();
    }
  }

  private async finish(purge: PurgeRow, end: PurgeEnd): Promise<void> {
    const { targets } = this.options;
    const { progress } = end;
    switch (end.outcome) {
      case 'done':
        await this.end(purge, 'succeeded', undefined, progress);
        break;
      case 'cancelled':
        await this.end(purge, 'cancelled', undefined, progress);
        break;
      case 'too-many':
        await this.end(
          purge,
          'failed',
          `Stopped at the maximum of ${
            targets.get(purge.target)?.maxKeysPerPurge
          } keys per purge; there are more that match.`,
          progress,
        );
        break;
      default:
      // stopped or taken over: the holder of the lease goes on
    }
  }

  private async end(
    purge: PurgeRow,
    status: 'succeeded' | 'failed' | 'cancelled',
    error?: string,
    progress?: PurgeEnd['progress'],
  ): Promise<void> {
    const { store } = this.options;
    const end = { status, error, progress, now: Date.now() };
    if (await store.finish(purge, this.owner, end)) await this.auditEnded();
  }
}
