import { performance } from 'node:perf_hooks';
import {
  evaluatePattern,
  MAX_PATTERN_LENGTH,
  parseGlob,
  type CachePrefixes,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { KeyRules } from '@craft-easy/backstage-plugin-operations-common';
import type {
  CacheSession,
  CacheTarget,
} from '@craft-easy/backstage-plugin-operations-node';
import { createKeyGuard } from './keyGuard';
import { Pacer } from './pace/Pacer';
import { calibrate } from './pace/probe';
import { scan } from './slices';

/** What a look may cost: the server is shared with the platform. */
const MOST_KEYS = 20_000;
const MOST_MS = 1_000;
const PARTS_SHOWN = 30;

/**
 * How keys go on after a prefix, part by part, from a sample. Changes nothing. Of keys that may not
 * be purged it names no more than the beginning that the configuration protects.
 *
 * @param under - a glob that ends with a colon, of which each part matches one part of a key
 */
export async function browsePrefixes(
  target: CacheTarget,
  session: CacheSession,
  under: string,
): Promise<CachePrefixes> {
  const begun = performance.now();
  const nodes = await session.nodes();
  const sizes = await Promise.all(nodes.map(node => node.size()));
  const pacer = new Pacer(
    target.defaultKeysPerSecond,
    target.maxAddedLatencyMs,
  );
  await calibrate(nodes, pacer);
  const above = under.split(':').slice(0, -1).map(parseGlob);
  const isShown = createShown(target);
  const counts = new Map<string, number>();
  let scanned = 0;
  let exact = true;
  for (const [i, node] of nodes.entries()) {
    const until = begun + (MOST_MS * (i + 1)) / nodes.length;
    const most = Math.floor(MOST_KEYS / nodes.length);
    const seen = new Map<string, Set<string>>();
    let looked = 0;
    let cursor = '0';
    for await (const step of scan(node, '0', `${under}*`, pacer)) {
      ({ cursor } = step);
      looked += step.looked;
      for (const key of step.keys) note(seen, key, above, isShown);
      const next = pacer.size('look');
      if (looked + next > most || performance.now() >= until) break;
    }
    const whole = cursor === '0';
    exact &&= whole;
    const share = whole ? 1 : sizes[i] / Math.max(1, looked);
    for (const [part, keys] of seen) {
      const about = Math.round(keys.size * Math.max(1, share));
      counts.set(part, (counts.get(part) ?? 0) + about);
    }
    scanned += Math.min(looked, sizes[i]);
  }
  const found = [...counts]
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .map(([name, keys]) => partOf(target, under, name, keys));
  const parts = found
    .filter(({ pattern }) => pattern.length <= MAX_PATTERN_LENGTH)
    .slice(0, PARTS_SHOWN);
  return {
    scanned,
    exact,
    totalKeys: sizes.reduce((sum, size) => sum + size, 0),
    parts,
    more: found.length - parts.length,
  };
}

/** Whether so much of a key may be shown. */
function createShown(rules: KeyRules) {
  const mayPurge = createKeyGuard(rules);
  const isAllowed = createKeyGuard({ ...rules, protectedPrefixes: [] });
  return (key: Buffer, beginning: string): boolean =>
    mayPurge(key) ||
    (isAllowed(key) &&
      rules.protectedPrefixes.some(
        ({ prefix }) =>
          prefix.startsWith(beginning) && key.toString().startsWith(prefix),
      ));
}

type Parts = ReadonlyArray<ReturnType<typeof parseGlob>>;

/** Counts a key, once, under its next part: "product:", or "product" where it ends there. */
function note(
  seen: Map<string, Set<string>>,
  bytes: Buffer,
  above: Parts,
  isShown: (key: Buffer, beginning: string) => boolean,
) {
  const key = bytes.toString();
  const parts = key.split(':');
  if (parts.length <= above.length) return;
  if (!above.every((glob, i) => glob.matches(parts[i]))) return;
  const part = parts[above.length];
  const name = parts.length > above.length + 1 ? `${part}:` : part;
  const beginning = [...parts.slice(0, above.length), name].join(':');
  if (!isShown(bytes, beginning)) return;
  const keys = seen.get(name) ?? new Set();
  seen.set(name, keys.add(key));
}

function partOf(
  target: CacheTarget,
  under: string,
  name: string,
  keys: number,
): CachePrefixes['parts'][number] {
  const below = name.endsWith(':');
  const pattern = `${under}${literal(name)}${below ? '*' : ''}`;
  return {
    part: below ? name.slice(0, -1) : name,
    ...{ below, pattern, keys },
    refused: evaluatePattern(pattern, target).reason,
  };
}

/** A text as a glob that matches only itself. */
function literal(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}
