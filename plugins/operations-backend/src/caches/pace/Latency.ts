import { performance } from 'node:perf_hooks';

/**
 * Few, so that a change is seen within a quarter of a second; their median, because a single late
 * answer may be the network's fault or ours.
 */
const RECENT = 10;
const REMEMBERED = 200;

/** How long the servers of a target take to answer a PING: normally, and now. */
export class Latency {
  private readonly servers = new Map<
    string,
    { recent: number[]; normal: number }
  >();
  private readonly all: number[] = [];

  note(server: string, ms: number): void {
    const known = this.servers.get(server) ?? { recent: [], normal: Infinity };
    this.servers.set(server, known);
    keep(known.recent, ms, RECENT);
    keep(this.all, ms, REMEMBERED);
    if (known.recent.length === RECENT) {
      known.normal = Math.min(known.normal, quantile(known.recent, 0.5)!);
    }
  }

  /**
   * What an answer of this server takes when nothing is in its way; without a server named: of the
   * one farthest off. Undefined until it is known.
   */
  normal(server?: string): number | undefined {
    const asked = server === undefined ? [...this.servers.keys()] : [server];
    const normal = Math.max(
      ...asked.map(id => this.servers.get(id)?.normal ?? Infinity),
    );
    return Number.isFinite(normal) ? normal : undefined;
  }

  /** How much longer than normal the answers take, of the server that is worst off. */
  get added(): number {
    const added = [...this.servers.values()].map(({ recent, normal }) =>
      Number.isFinite(normal) ? quantile(recent, 0.5)! - normal : 0,
    );
    return Math.max(0, ...added);
  }

  /** Of the last pings; undefined before the first. */
  get p99(): number | undefined {
    return quantile(this.all, 0.99);
  }
}

function keep(values: number[], value: number, most: number) {
  values.push(value);
  if (values.length > most) values.shift();
}

/** @returns undefined of nothing */
export function quantile(values: number[], q: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

/** Own work beside a call that cannot hide its answer: sending it, and reading what comes. */
const OWN_MS = 0.25;

/**
 * Does something at a server, and says how long the server's answer took: the time that this
 * process spent waiting, not what it was doing itself meanwhile. If that was the greater part an
 * answer may have lain there unread, and how long it took is not known.
 */
export async function timed<T>(
  action: () => Promise<T>,
): Promise<{ value: T; ms: number | undefined }> {
  const begun = performance.now();
  const loop = performance.eventLoopUtilization();
  const value = await action();
  const all = performance.now() - begun;
  const waited = performance.eventLoopUtilization(loop).idle;
  const own = all - waited;
  return { value, ms: own <= Math.max(OWN_MS, waited) ? waited : undefined };
}
