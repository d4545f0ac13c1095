import type { WebhookError } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { ProtocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { CircuitOf, SharedCircuits } from './circuit/SharedCircuits';
import type { AttemptResult } from './deliver';
import { endpointKey } from './delivery';
import type { EndpointSlots } from './slots/EndpointSlots';

/** What became of the wish to make an attempt. */
export type Passage =
  | ({ kind: 'attempted' } & AttemptResult)
  /** not now: the circuit is open (`error` says why), or all slots are taken */
  | { kind: 'later'; until: number; error?: WebhookError }
  | { kind: 'disabled'; error?: WebhookError }
  /** called off by `beforeSend` */
  | { kind: 'off' };

/** Classes that say that the endpoint is down, rather than that it does not want this message. */
const DOWN = ['timeout', 'connection', 'dns', 'tls', 'server-error'];
/** So much longer than an attempt may take, who went to see is taken for dead. */
const PROBE_GRACE_MS = 10_000;

/**
 * Lets deliveries through to their endpoints: no more at once than an endpoint's cap, none while
 * its circuit is open, and without letting one endpoint hold what others need.
 */
export class EndpointGate {
  private readonly pace = new Map<
    string,
    { averageMs: number; next: number }
  >();

  constructor(
    private readonly options: {
      slots: EndpointSlots;
      circuits: SharedCircuits;
      keys: ProtocolKeys;
      onGone(endpoint: CircuitOf): void;
      onError(error: Error): void;
    },
  ) {}

  /**
   * Makes an attempt if it may be made now.
   * @param target.probeAtOnce - does not wait for an open circuit's time, but goes to see, alone
   */
  async pass(
    target: CircuitOf & {
      cap: number;
      timeoutMs: number;
      probeAtOnce?: boolean;
      /** asked last, when it has a slot; false calls it off */
      beforeSend?(): Promise<boolean>;
    },
    attempt: () => Promise<AttemptResult>,
  ): Promise<Passage> {
    const { circuits, slots, keys } = this.options;
    const { tenant, endpoint, url } = target;
    const of = { tenant, endpoint, url };
    const atOnce = target.probeAtOnce ?? false;
    const early = circuits.ask(of, atOnce);
    if (early.kind === 'disabled') return early;
    if (early.kind === 'wait') return { ...early, kind: 'later' };
    const slotsKey = keys.webhookSlots(tenant, endpoint);
    const cap = circuits.concurrency(of, target.cap);
    if (!(await slots.take(slotsKey, cap))) {
      return { kind: 'later', until: this.nextTurn(endpointKey(of), cap) };
    }
    try {
      const verdict = await circuits.enter(
        of,
        atOnce,
        target.timeoutMs + PROBE_GRACE_MS,
      );
      if (verdict.kind === 'disabled') return verdict;
      if (verdict.kind === 'wait') return { ...verdict, kind: 'later' };
      if (target.beforeSend && !(await target.beforeSend())) {
        if (verdict.kind === 'probe') await circuits.abandoned(of);
        return { kind: 'off' };
      }
      const result = await attempt();
      this.notePace(endpointKey(of), result.attempt.durationMs);
      // what the attempt came to is not lost for a circuit that cannot be kept
      await this.settle(of, verdict.kind === 'probe', result).catch(
        this.options.onError,
      );
      return { kind: 'attempted', ...result };
    } finally {
      slots.release(slotsKey, circuits.concurrency(of, target.cap));
    }
  }

  private async settle(
    of: CircuitOf,
    probing: boolean,
    result: AttemptResult,
  ): Promise<void> {
    const { circuits } = this.options;
    const { error, status } = result.attempt;
    if (error?.class === 'gone') {
      if (await circuits.disabled(of, error)) this.options.onGone(of);
      return;
    }
    if (error && DOWN.includes(error.class)) await circuits.failed(of, error);
    else if (status !== undefined) await circuits.succeeded(of);
    // nothing was sent: it says nothing about the endpoint
    else if (probing) await circuits.abandoned(of);
    if (error && (error.class === 'throttled' || result.retryAfterMs)) {
      const pause = result.retryAfterMs ?? 1_000 + 4_000 * Math.random();
      await circuits.paused(of, error, pause);
    }
  }

  private notePace(key: string, durationMs: number): void {
    const pace = this.pace.get(key);
    if (pace) pace.averageMs += (durationMs - pace.averageMs) / 16;
    else this.pace.set(key, { averageMs: durationMs, next: 0 });
  }

  /**
   * When who found no slot should come back: one after the other at the pace at which slots come
   * free, so that each waits once and a long queue is not turned over and over.
   */
  private nextTurn(key: string, cap: number): number {
    const pace = this.pace.get(key) ?? { averageMs: 50, next: 0 };
    this.pace.set(key, pace);
    const now = Date.now();
    pace.next = Math.min(
      Math.max(now + 5, pace.next + pace.averageMs / cap),
      now + 30_000,
    );
    return Math.ceil(pace.next);
  }
}
