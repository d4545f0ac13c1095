import { createHash } from 'node:crypto';
import { variantAt } from '@craft-easy/backstage-plugin-operations-protocol';
import canonicalize from 'canonicalize';
import { cachedFor } from '../../lib/cachedFor';
import type { FlagStore, StoredFlag } from '../FlagStore';

const MAX_AGE_MS = 500;

/** An answer of OFREP for one flag. A flag that is off has no value: code uses its own default. */
export interface Evaluation {
  key: string;
  value?: unknown;
  variant?: string;
  reason: 'STATIC' | 'DISABLED';
  metadata: Record<string, string | number | boolean>;
}

/**
 * All flags, read from the database every half second at most, so that evaluations cost it nothing.
 */
export class FlagSnapshot {
  private readonly flags = cachedFor(
    MAX_AGE_MS,
    async () => new Map((await this.store.all()).map(flag => [flag.key, flag])),
    () => this.now(),
  );

  constructor(
    private readonly store: Pick<FlagStore, 'all'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** @returns undefined if there is no such flag */
  async evaluate(key: string): Promise<Evaluation | undefined> {
    const flag = (await this.flags.get()).get(key);
    return flag && this.evaluation(flag);
  }

  async evaluateAll(): Promise<Evaluation[]> {
    const flags = await this.flags.get();
    return [...flags.values()].map(flag => this.evaluation(flag));
  }

  /** Changes whenever any answer changes: with the configuration, and when an `until` passes. */
  async tag(): Promise<string> {
    return tagOf(await this.evaluateAll());
  }

  private evaluation(flag: StoredFlag): Evaluation {
    const variant = variantAt(flag.state, this.now());
    // Global flags do not depend on the context: it is accepted, and the answer says that it was
    // ignored.
    const metadata = { revision: flag.revision, context: 'ignored' };
    const { key } = flag;
    if (variant === null) return { key, reason: 'DISABLED', metadata };
    const value = flag.state.variants[variant];
    return { key, value, variant, reason: 'STATIC', metadata };
  }
}

/** An entity tag over values, whatever the order of their keys. */
export function tagOf(...values: unknown[]): string {
  const hash = createHash('sha256');
  for (const value of values) hash.update(`${canonicalize(value)}\n`);
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}
