import { performance } from 'node:perf_hooks';
import { minSoftWindowSeconds } from '@craft-easy/backstage-plugin-operations-common';
import type {
  CacheSession,
  CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import { createKeyGuard } from './keyGuard';
import type { Pacer } from './pace/Pacer';
import type { PurgeProgress, PurgeRow, PurgeWork } from './purgeRow';
import {
  keySlices,
  patternSlices,
  type PurgePosition,
  type Slice,
} from './slices';

/** Written before anything is done. @returns whether to go on */
export type Checkpoint = (
  state: PurgeProgress & {
    position?: PurgePosition;
    journal?: Buffer[];
    totalKeys: number;
  },
) => Promise<'go-on' | 'cancelled' | 'lease-lost'>;

export interface PurgeEnd {
  outcome: 'done' | 'cancelled' | 'lease-lost' | 'too-many' | 'stopped';
  progress: PurgeProgress;
}

/** Steps that found no key are written at most this often. */
const QUIET_CHECKPOINT_MS = 400;

/**
 * Executes a purge, or the rest of one, slice by slice: the keys of a slice and the position behind
 * them are stored first, then the keys are removed. A replica that takes over removes the stored
 * slice (again), counts it once, and goes on from the position, so that nothing is scanned twice.
 *
 * @param signal - stops between two commands; the current slice stays in the journal
 */
export async function executePurge(options: {
  purge: PurgeRow;
  work: PurgeWork;
  target: CacheTarget;
  session: CacheSession;
  pacer: Pacer;
  checkpoint: Checkpoint;
  signal: AbortSignal;
}): Promise<PurgeEnd> {
  const { purge, work, target, session, pacer, checkpoint, signal } = options;
  const guard = createKeyGuard(target);
  const progress: PurgeProgress = { ...purge.progress };
  const begunWith = progress.removed;
  const begun = performance.now();
  const nodes = await session.nodes();
  const totalKeys = work.keys
    ? work.keys.length
    : purge.totalKeys ||
      (await Promise.all(nodes.map(n => n.size()))).reduce((a, b) => a + b, 0);

  const apply = applier(purge, session, pacer, progress, signal);
  if (work.journal) {
    // the replica before may have removed some or all of these: they count as removed, once
    const mine = work.journal.filter(guard);
    await apply(mine, undefined);
    progress.removed += mine.length;
  }

  const source = work.keys
    ? keySlices(session, work.keys, work.position ?? {}, guard, pacer)
    : patternSlices(
        session,
        purge.pattern ?? '',
        work.position ?? {},
        guard,
        pacer,
      );

  let upcoming = source.next();
  let written = 0;
  try {
    for (;;) {
      const { value, done } = await upcoming;
      if (done) return { outcome: 'done', progress };
      if (signal.aborted) return { outcome: 'stopped', progress };
      const slice: Slice = value;
      note(progress, slice, totalKeys);
      const room = target.maxKeysPerPurge - progress.removed;
      const tooMany = slice.keys.length > room;
      const keys = tooMany ? slice.keys.slice(0, room) : slice.keys;
      const now = performance.now();
      if (keys.length > 0 || now - written >= QUIET_CHECKPOINT_MS) {
        progress.latencyMs = pacer.latency.p99;
        progress.currentRate =
          ((progress.removed - begunWith) * 1000) / Math.max(1, now - begun);
        const answer = await checkpoint({
          ...progress,
          totalKeys,
          position: slice.after,
          journal: keys,
        });
        if (answer !== 'go-on') return { outcome: answer, progress };
        written = now;
      }
      // the next slice is looked for while this one is removed
      if (!tooMany) {
        upcoming = source.next();
        upcoming.catch(() => {});
      }
      progress.removed += await apply(keys, slice);
      if (tooMany) return { outcome: 'too-many', progress };
    }
  } finally {
    await source.return(undefined).catch(() => {});
  }
}

function note(progress: PurgeProgress, slice: Slice, totalKeys: number) {
  progress.scanned = Math.min(totalKeys, progress.scanned + slice.scanned);
  progress.matched += slice.matched;
  progress.skipped += slice.skipped;
  progress.masters = slice.masters;
  progress.mastersDone = slice.mastersDone;
}

/** Removes keys, or lets them expire, at the pace. @returns how many it changed */
function applier(
  purge: PurgeRow,
  session: CacheSession,
  pacer: Pacer,
  progress: PurgeProgress,
  signal: AbortSignal,
) {
  return async (keys: Buffer[], slice: Slice | undefined): Promise<number> => {
    const server = slice?.node ?? session;
    let changed = 0;
    for (let i = 0; i < keys.length; ) {
      const batch = keys.slice(i, i + pacer.size('remove'));
      i += batch.length;
      const n = await pacer.call('remove', batch.length, slice?.node, () => {
        signal.throwIfAborted();
        return purge.mode === 'hard'
          ? server.unlink(batch)
          : server.expireAt(batch, spread(batch.length));
      });
      changed += n;
      // already about to expire sooner, or gone
      if (slice && purge.mode === 'soft') progress.skipped += batch.length - n;
    }
    return changed;
  };

  /** More keys than estimated make the window longer, so that expiries a second stay bounded. */
  function spread(n: number): number[] {
    const seconds = Math.max(
      purge.windowSeconds ?? 0,
      minSoftWindowSeconds(progress.matched),
    );
    const now = Date.now();
    return Array.from({ length: n }, () =>
      Math.ceil(now + Math.random() * seconds * 1000),
    );
  }
}
