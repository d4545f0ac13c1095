import { performance } from 'node:perf_hooks';
import {
  evaluateKey,
  type CachePreview,
  type CacheSelection,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  CacheKeyFacts,
  CacheNode,
  CacheSession,
  CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import { createKeyGuard } from './keyGuard';
import { Pacer } from './pace/Pacer';
import { calibrate } from './pace/probe';
import { existing, scan } from './slices';

/** A preview scans for this long; keys that it has not seen by then are estimated. */
const LOOK_MS = 1_500;
/** Keys whose memory is measured, and how many of these are shown. */
const MEASURED = 100;
const SHOWN = 20;
const SKIPPED_SHOWN = 10;

/** What a selection would take. */
export type SelectionFacts = Pick<
  CachePreview,
  | 'count'
  | 'exact'
  | 'scanned'
  | 'totalKeys'
  | 'bytes'
  | 'missing'
  | 'skipped'
  | 'sample'
>;

/** What a refused selection would take: no key is looked at. */
export async function previewNothing(
  session: CacheSession,
): Promise<SelectionFacts> {
  return {
    totalKeys: sum(await sizesOf(await session.nodes())),
    ...{ count: 0, exact: true, scanned: 0, missing: 0, bytes: 0 },
    ...{ skipped: [], sample: [] },
  };
}

/** Changes nothing. Counts few keys, and estimates many. */
export async function previewSelection(
  target: CacheTarget,
  session: CacheSession,
  selection: CacheSelection,
): Promise<SelectionFacts> {
  const nodes = await session.nodes();
  const sizes = await sizesOf(nodes);
  const pacer = new Pacer(
    target.defaultKeysPerSecond,
    target.maxAddedLatencyMs,
  );
  await calibrate(nodes, pacer);
  const found = selection.keys
    ? await lookUp(target, session, selection.keys, pacer)
    : await estimate(target, nodes, sizes, selection.pattern ?? '', pacer);
  const facts = await session.inspect(found.keys.slice(0, MEASURED));
  const there = facts.filter(fact => fact.type !== 'none');
  return {
    count: found.count,
    exact: found.exact,
    scanned: found.scanned,
    missing: found.missing,
    totalKeys: sum(sizes),
    bytes: Math.round(meanBytes(there) * found.count),
    skipped: found.skipped.slice(0, SKIPPED_SHOWN).map(key => ({
      key: key.toString(),
      why: evaluateKey(key.toString(), target) ?? 'not to be touched',
    })),
    sample: there.slice(0, SHOWN).map(fact => ({
      key: fact.key.toString(),
      type: fact.type,
      bytes: fact.bytes,
      ttlMs: fact.ttlMs,
    })),
  };
}

interface Found {
  keys: Buffer[];
  skipped: Buffer[];
  count: number;
  exact: boolean;
  scanned: number;
  missing: number;
}

async function lookUp(
  target: CacheTarget,
  session: CacheSession,
  names: string[],
  pacer: Pacer,
): Promise<Found> {
  const guard = createKeyGuard(target);
  const all = names.map(name => Buffer.from(name));
  const there = await existing(session, all, pacer);
  const keys = there.filter(guard);
  return {
    keys,
    skipped: all.filter(key => !guard(key)),
    count: keys.length,
    exact: true,
    scanned: all.length,
    missing: all.length - there.length,
  };
}

/**
 * Each primary gets its share of the time. A scan walks a hash table, so that the keys it has seen
 * are a fair sample of the rest.
 */
async function estimate(
  target: CacheTarget,
  nodes: CacheNode[],
  sizes: number[],
  pattern: string,
  pacer: Pacer,
): Promise<Found> {
  const guard = createKeyGuard(target);
  const seen = new Set<string>();
  const found: Found = {
    ...{ keys: [], skipped: [] },
    ...{ count: 0, exact: true, scanned: 0, missing: 0 },
  };
  for (const [i, node] of nodes.entries()) {
    const until = performance.now() + LOOK_MS / nodes.length;
    let cursor = '0';
    let scanned = 0;
    let matched = 0;
    for await (const step of scan(node, '0', pattern, pacer)) {
      cursor = step.cursor;
      scanned += step.looked;
      for (const key of step.keys) {
        const name = key.toString('latin1');
        // a scan may return a key twice
        if (seen.has(name)) continue;
        seen.add(name);
        if (!guard(key)) {
          if (found.skipped.length < SKIPPED_SHOWN) found.skipped.push(key);
          continue;
        }
        matched += 1;
        if (found.keys.length < MEASURED) found.keys.push(key);
      }
      if (performance.now() >= until) break;
    }
    const whole = cursor === '0';
    found.exact &&= whole;
    found.scanned += Math.min(scanned, sizes[i]);
    found.count += whole
      ? matched
      : Math.round((matched / Math.min(scanned, sizes[i])) * sizes[i]);
  }
  return found;
}

function sizesOf(nodes: CacheNode[]): Promise<number[]> {
  return Promise.all(nodes.map(node => node.size()));
}

function meanBytes(facts: CacheKeyFacts[]): number {
  const sizes = facts.flatMap(fact => fact.bytes ?? []);
  return sizes.length ? sum(sizes) / sizes.length : 0;
}

function sum(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
