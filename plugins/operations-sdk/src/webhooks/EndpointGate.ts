import type {
  ProtocolKeys,
  WebhookAttempt,
  WebhookError,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { Circuit, CircuitOptions } from './circuit';
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

/** How an endpoint's state changed, to be reported. */
export interface EndpointChange {
  tenant: string;
  endpoint: string;
  state: 'up' | 'down' | 'disabled';
  error?: WebhookError;
}

/**
 * Lets deliveries through to their endpoints: no more at once than an endpoint's cap, none while its circuit is open, and without letting one endpoint
 * hold what others need.
 */
export class EndpointGate {
  private readonly circuits = new Map<string, Circuit>();
  private readonly pace = new Map<
    string,
    { averageMs: number; next: number }
  >();
  private knownDown = new Set<string>();

  constructor(
    private readonly options: {
      slots: EndpointSlots;
      keys: ProtocolKeys;
      circuit?: CircuitOptions;
      onChange(change: EndpointChange): void;
    },
  ) {}

  /**
   * Makes an attempt if it may be made now.
   * @param target.probeAtOnce - does not wait for an open circuit's time, but goes to see, alone
   */
  async pass(
    target: {
      tenant: string;
      endpoint: string;
      cap: number;
      probeAtOnce?: boolean;
      /** asked last, when it has a slot; false calls it off */
      beforeSend?(): Promise<boolean>;
    },
    attempt: () => Promise<AttemptResult>,
  ): Promise<Passage> {
    const key = endpointKey(target);
    const circuit = this.circuitOf(key);
    const ask = () =>
      target.probeAtOnce ? circuit.probe(Date.now()) : circuit.ask(Date.now());
    const slotsKey = this.options.keys.webhookSlots(
      target.tenant,
      target.endpoint,
    );
    const early = ask();
    if (early.kind === 'disabled') return early;
    if (early.kind === 'wait') return { ...early, kind: 'later' };
    if (early.kind === 'probe') circuit.abandon(); // asked again with a slot in hand
    const cap = circuit.concurrency(target.cap);
    if (!(await this.options.slots.take(slotsKey, cap))) {
      return { kind: 'later', until: this.nextTurn(key, cap) };
    }
    try {
      const verdict = ask();
      if (verdict.kind === 'disabled') return verdict;
      if (verdict.kind === 'wait') return { ...verdict, kind: 'later' };
      if (target.beforeSend && !(await target.beforeSend())) {
        if (verdict.kind === 'probe') circuit.abandon();
        return { kind: 'off' };
      }
      const result = await attempt();
      this.settle(target, circuit, result);
      return { kind: 'attempted', ...result };
    } finally {
      this.options.slots.release(slotsKey, circuit.concurrency(target.cap));
    }
  }

  /** What other dispatchers found: endpoints that are down, and those that are gone. */
  learn(states: Map<string, 'down' | 'disabled' | 'up'>): void {
    this.knownDown = new Set(states.keys());
    for (const [key, circuit] of this.circuits) {
      if (states.get(key) !== 'disabled') circuit.enable();
    }
    for (const [key, state] of states) {
      if (state === 'disabled') {
        this.circuitOf(key).disable({
          class: 'gone',
          code: '410',
          message: 'The receiver answered 410: it is gone',
        });
      }
    }
  }

  private settle(
    target: { tenant: string; endpoint: string },
    circuit: Circuit,
    result: AttemptResult,
  ): void {
    const key = endpointKey(target);
    const { error, durationMs } = result.attempt;
    this.notePace(key, durationMs);
    const report = (state: EndpointChange['state']) =>
      this.options.onChange({
        tenant: target.tenant,
        endpoint: target.endpoint,
        state,
        error,
      });
    if (error?.class === 'gone') {
      if (circuit.disable(error)) report('disabled');
      return;
    }
    const now = Date.now();
    if (error && DOWN.includes(error.class)) {
      if (circuit.failed(now, error)) {
        this.knownDown.add(key);
        report('down');
      }
    } else if (reachable(result.attempt)) {
      const was = circuit.succeeded();
      if (this.knownDown.delete(key) || was) report('up');
    } else {
      circuit.abandon(); // nothing was sent: it says nothing about the endpoint
    }
    if (error?.class === 'throttled' || (error && result.retryAfterMs)) {
      const pause = result.retryAfterMs ?? 1_000 + 4_000 * Math.random();
      circuit.throttle(now + pause, error);
    }
  }

  private circuitOf(key: string): Circuit {
    let circuit = this.circuits.get(key);
    if (!circuit) {
      circuit = new Circuit(this.options.circuit);
      this.circuits.set(key, circuit);
    }
    return circuit;
  }

  private notePace(key: string, durationMs: number): void {
    const pace = this.pace.get(key);
    if (pace) pace.averageMs += (durationMs - pace.averageMs) / 16;
    else this.pace.set(key, { averageMs: durationMs, next: 0 });
  }

  /**
   * When who found no slot should come back: one after the other at the pace at which slots come free, so that each waits once
   * and a long queue is not turned over and over.
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

function reachable(attempt: Omit<WebhookAttempt, 'n'>): boolean {
  return attempt.status !== undefined;
}
