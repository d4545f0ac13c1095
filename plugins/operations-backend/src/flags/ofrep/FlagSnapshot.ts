import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { ServiceUnavailableError } from '@backstage/errors';
import { variantAt } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import canonicalize from 'canonicalize';
import { cachedFor } from '../../lib/cachedFor';
import type { FlagStore, StoredFlag } from '../FlagStore';

const MAX_AGE_MS = 500;
/** The database has so long to answer where a state is known. */
const PATIENCE_MS = 1_000;

/** An answer of OFREP for one flag. A flag that is off has no value: code uses its own default. */
export interface Evaluation {
  key: string;
  value?: unknown;
  variant?: string;
  reason: 'STATIC' | 'DISABLED';
  metadata: Record<string, string | number | boolean>;
}

type Flags = Map<string, StoredFlag>;

/** Flags as they were known last. */
interface Known {
  flags: Flags;
  /** when their reading began, epoch ms */
  at: number;
}

/** Answers, and how old the state is by which they were made. */
export interface Answers<T> {
  answer: T;
  /** absent while the database answers */
  ageSeconds?: number;
}

/**
 * All flags, read from the database every half second at most, so that evaluations cost it nothing.
 * While the database is away or slow, the last state holds: it is what programs have by the other
 * ways too. Times of theirs ("until") go on.
 */
export class FlagSnapshot {
  private known: Known | undefined;
  private readonly reading = cachedFor(
    MAX_AGE_MS,
    async (at): Promise<Known> => {
      const flags = await this.store.all();
      const read = { at, flags: new Map(flags.map(flag => [flag.key, flag])) };
      if (!this.known || this.known.at < at) this.known = read;
      return read;
    },
    () => this.now(),
  );

  constructor(
    private readonly store: Pick<FlagStore, 'all'>,
    private readonly now: () => number = Date.now,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /**
   * @returns undefined if there is no such flag
   * @throws ServiceUnavailableError if the flags were never read, and cannot be read now
   */
  async evaluate(key: string): Promise<Answers<Evaluation | undefined>> {
    return this.answer(flags => {
      const flag = flags.get(key);
      return flag && this.evaluation(flag);
    });
  }

  /** @throws ServiceUnavailableError if the flags were never read, and cannot be read now */
  async evaluateAll(): Promise<Answers<Evaluation[]>> {
    return this.answer(flags =>
      [...flags.values()].map(flag => this.evaluation(flag)),
    );
  }

  /** Changes whenever any answer changes: with the configuration, and when an `until` passes. */
  async tag(): Promise<string> {
    return tagOf((await this.evaluateAll()).answer);
  }

  private async answer<T>(make: (flags: Flags) => T): Promise<Answers<T>> {
    const read = await this.read();
    if (read) return { answer: make(read.flags) };
    if (!this.known) {
      throw new ServiceUnavailableError('The flags cannot be read now');
    }
    const ageSeconds = Math.round((this.now() - this.known.at) / 1000);
    return { answer: make(this.known.flags), ageSeconds };
  }

  /** @returns undefined if the database did not answer, or not in time where a state is known */
  private async read(): Promise<Known | undefined> {
    const reading = this.reading.get().catch(() => undefined);
    if (!this.known) return reading;
    const stop = new AbortController();
    const patience = setTimeout(this.patienceMs, undefined, {
      signal: stop.signal,
      ref: false,
    }).catch(() => undefined);
    const read = await Promise.race([reading, patience]);
    stop.abort();
    return read;
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
