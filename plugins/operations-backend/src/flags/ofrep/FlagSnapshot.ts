import { createHash } from 'node:crypto';
import { variantAt } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import canonicalize from 'canonicalize';
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
  private flags = new Map<string, StoredFlag>();
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly store: Pick<FlagStore, 'all'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** @returns undefined if there is no such flag */
  async evaluate(key: string): Promise<Evaluation | undefined> {
    await this.refresh();
    const flag = this.flags.get(key);
    return flag && this.evaluation(flag);
  }

  async evaluateAll(): Promise<Evaluation[]> {
    await this.refresh();
    return [...this.flags.values()].map(flag => this.evaluation(flag));
  }

  /** Changes whenever any answer changes: with the configuration, and when an `until` passes. */
  async tag(): Promise<string> {
    return tagOf(await this.evaluateAll());
  }

  private evaluation(flag: StoredFlag): Evaluation {
    const variant = variantAt(flag.state, this.now());
    // Global flags do not depend on the context: it is taken, and the answer says that it was not
    // looked at.
    const metadata = { revision: flag.revision, context: 'ignored' };
    const { key } = flag;
    if (variant === null) return { key, reason: 'DISABLED', metadata };
    const value = flag.state.variants[variant];
    return { key, value, variant, reason: 'STATIC', metadata };
  }

  private async refresh(): Promise<void> {
    if (this.now() - this.readAt < MAX_AGE_MS) return;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async read(): Promise<void> {
    const at = this.now();
    const flags = await this.store.all();
    this.flags = new Map(flags.map(flag => [flag.key, flag]));
    this.readAt = at;
  }
}

/** An entity tag over values, whatever the order of their keys. */
export function tagOf(...values: unknown[]): string {
  const hash = createHash('sha256');
  for (const value of values) hash.update(`${canonicalize(value)}\n`);
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}
