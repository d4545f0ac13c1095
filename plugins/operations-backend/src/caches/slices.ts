import { performance } from 'node:perf_hooks';
import type {
  CacheNode,
  CacheSession,
} from '@craft-easy/backstage-plugin-operations-node';
import type { Pacer } from './pace/Pacer';

/** How far a purge has come. Plain JSON, kept in the database. */
export interface PurgePosition {
  /** exact keys: how many are done */
  index?: number;
  /** pattern: which layout the scans belong to, and the cursor on each primary */
  layout?: string;
  nodes?: Record<string, { epoch: string; cursor: string; done: boolean }>;
}

/** A part of the work: a few keys, and the position from which to continue after them. */
export interface Slice {
  keys: Buffer[];
  /** the server that all of them were found on; absent: any */
  node?: CacheNode;
  after: PurgePosition;
  scanned: number;
  matched: number;
  /** matched, but not to be touched */
  skipped: number;
  masters: number;
  mastersDone: number;
}

/** Longest time that one slice takes to gather, and so the delay of a cancellation. */
const SLICE_MS = 300;
const MAX_UNTHROTTLED_SLICE = 10_000;
/** Layouts in a row that were changed under a scan, until it is given up. */
const MAX_ROUNDS = 10;

function sliceSize(pacer: Pacer): number {
  if (!pacer.throttled) return MAX_UNTHROTTLED_SLICE;
  const due = (pacer.keysPerSecond * pacer.share * SLICE_MS) / 1000;
  return Math.min(5_000, Math.max(pacer.size('remove'), Math.round(due)));
}

/** The exact keys, a few at a time; those that are not there are left out. */
export async function* keySlices(
  session: CacheSession,
  keys: string[],
  position: PurgePosition,
  guard: (key: Buffer) => boolean,
  pacer: Pacer,
): AsyncGenerator<Slice> {
  let index = position.index ?? 0;
  while (index < keys.length) {
    const part = keys
      .slice(index, index + sliceSize(pacer))
      .map(key => Buffer.from(key));
    index += part.length;
    const found = await existing(session, part, pacer);
    const mine = found.filter(guard);
    yield {
      keys: mine,
      after: { index },
      scanned: part.length,
      matched: found.length,
      skipped: found.length - mine.length,
      masters: 1,
      mastersDone: index >= keys.length ? 1 : 0,
    };
  }
}

/** Those of the keys that are there, a call's worth at a time. */
export async function existing(
  session: CacheSession,
  keys: Buffer[],
  pacer: Pacer,
): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for (let i = 0; i < keys.length; ) {
    const part = keys.slice(i, i + pacer.size('look'));
    i += part.length;
    const there = await pacer.call('look', part.length, undefined, () =>
      session.exist(part),
    );
    found.push(...part.filter((_, n) => there[n]));
  }
  return found;
}

/**
 * The keys that match a pattern, primary after primary. A cursor is valid on one server only: a
 * server that was restarted or replaced is scanned anew, and all servers are if keys have moved
 * between them, so that none is missed.
 */
export async function* patternSlices(
  session: CacheSession,
  pattern: string,
  from: PurgePosition,
  guard: (key: Buffer) => boolean,
  pacer: Pacer,
): AsyncGenerator<Slice> {
  let position = from;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const layout = await session.layout();
    if (position.layout !== layout) position = { layout, nodes: {} };
    const nodes = await session.nodes();
    for (const node of nodes) {
      let at = position.nodes?.[node.id];
      if (at?.epoch !== node.epoch) {
        at = { epoch: node.epoch, cursor: '0', done: false };
      }
      while (!at.done) {
        const slice = await gather(node, at.cursor, pattern, guard, pacer);
        at = { ...at, cursor: slice.cursor, done: slice.cursor === '0' };
        position = { layout, nodes: { ...position.nodes, [node.id]: at } };
        yield {
          ...slice,
          node,
          after: position,
          masters: nodes.length,
          mastersDone: countDone(nodes, position),
        };
      }
    }
    if ((await session.layout()) === layout) return;
  }
  throw new Error(
    'The cluster kept moving keys between its servers; purge again once it has come to rest',
  );
}

function countDone(nodes: CacheNode[], position: PurgePosition): number {
  return nodes.filter(node => position.nodes?.[node.id]?.done).length;
}

/** Scans until the slice is full, the keys are all scanned, or the time is up. */
async function gather(
  node: CacheNode,
  from: string,
  pattern: string,
  guard: (key: Buffer) => boolean,
  pacer: Pacer,
) {
  const begun = performance.now();
  const size = sliceSize(pacer);
  const keys: Buffer[] = [];
  let cursor = from;
  let scanned = 0;
  let matched = 0;
  for await (const step of scan(node, from, pattern, pacer)) {
    cursor = step.cursor;
    scanned += step.looked;
    matched += step.keys.length;
    for (const key of step.keys) if (guard(key)) keys.push(key);
    if (keys.length >= size || performance.now() - begun >= SLICE_MS) break;
  }
  return { keys, cursor, scanned, matched, skipped: matched - keys.length };
}

/** Scans a server from a cursor to the end of its keys, a call after the other, at the pace. */
export async function* scan(
  node: CacheNode,
  from: string,
  pattern: string,
  pacer: Pacer,
): AsyncGenerator<{ cursor: string; keys: Buffer[]; looked: number }> {
  let cursor = from;
  do {
    const looked = pacer.size('look');
    const at = cursor;
    const step = await pacer.call('look', looked, node, () =>
      node.scan(at, pattern, looked),
    );
    cursor = step.cursor;
    yield { ...step, looked };
  } while (cursor !== '0');
}
