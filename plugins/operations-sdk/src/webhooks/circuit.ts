import type { WebhookError } from '@craft-easy/backstage-plugin-operations-protocol';

/** When an endpoint is left alone. @public */
export interface CircuitOptions {
  /** Failures in a row that open the circuit. Default 5. */
  failures?: number;
  /** Milliseconds until an open circuit lets one delivery through to see; doubles with each that fails. Default 30,000. */
  cooldownMs?: number;
  /** Most milliseconds that it doubles to. Default 300,000. */
  maxCooldownMs?: number;
}

/** What a circuit says to a delivery. `probe`: go, alone, to see whether the endpoint is back. */
export type Verdict =
  | { kind: 'go' | 'probe' }
  | { kind: 'wait'; until: number; error?: WebhookError }
  | { kind: 'disabled'; error?: WebhookError };

/**
 * Circuit of one endpoint: closed, open (nobody goes until a time), half-open (one goes to see), disabled (answered 410).
 * Knows no clock of its own; who asks says the time.
 */
export class Circuit {
  private failuresInRow = 0;
  private openUntil = 0;
  private cooldowns = 0;
  private probing = false;
  private disabled = false;
  private error?: WebhookError;
  private readonly options: Required<CircuitOptions>;

  constructor(options: CircuitOptions = {}) {
    this.options = {
      failures: options.failures ?? 5,
      cooldownMs: options.cooldownMs ?? 30_000,
      maxCooldownMs: options.maxCooldownMs ?? 300_000,
    };
  }

  /** Whether a delivery may go now. A `probe` must be followed by success, failure or {@link abandon}. */
  ask(now: number): Verdict {
    if (this.disabled) return { kind: 'disabled', error: this.error };
    if (now < this.openUntil) {
      return { kind: 'wait', until: this.openUntil, error: this.error };
    }
    if (this.cooldowns === 0) return { kind: 'go' };
    return this.probe(now);
  }

  /** Goes to see at once, as a person who asks for a replay does, but still one at a time. */
  probe(now: number): Verdict {
    if (this.cooldowns === 0 && !this.disabled) return this.ask(now);
    if (this.probing) {
      // spread, so that a long queue does not knock all at once
      const patience = Math.min(this.options.cooldownMs, 5_000);
      return {
        kind: 'wait',
        until: now + 100 + patience * Math.random(),
        error: this.error,
      };
    }
    this.probing = true;
    return { kind: 'probe' };
  }

  /** A probe ended without an answer either way. */
  abandon(): void {
    this.probing = false;
  }

  /** @returns whether the endpoint was thought to be down */
  succeeded(): boolean {
    const was = this.cooldowns > 0 || this.disabled;
    this.failuresInRow = 0;
    this.cooldowns = 0;
    this.openUntil = 0;
    this.probing = false;
    this.disabled = false;
    this.error = undefined;
    return was;
  }

  /** @returns whether this failure opened the circuit */
  failed(now: number, error: WebhookError, random = Math.random): boolean {
    this.failuresInRow += 1;
    this.error = error;
    this.probing = false;
    const closed = this.cooldowns === 0;
    if (closed && this.failuresInRow < this.options.failures) return false;
    if (!closed && now < this.openUntil) return false;
    const cooldown = Math.min(
      this.options.cooldownMs * 2 ** this.cooldowns,
      this.options.maxCooldownMs,
    );
    this.cooldowns += 1;
    this.openUntil = now + cooldown * (0.75 + random() / 4);
    return closed;
  }

  /** The endpoint asked to be left alone for a while (429, `Retry-After`). */
  throttle(until: number, error: WebhookError): void {
    this.openUntil = Math.max(this.openUntil, until);
    this.error = error;
    this.probing = false;
  }

  /** The endpoint said that it is gone for good (410). @returns whether this was news */
  disable(error: WebhookError): boolean {
    const news = !this.disabled;
    this.disabled = true;
    this.error = error;
    this.probing = false;
    return news;
  }

  /** Another process heard from the endpoint again. */
  enable(): void {
    if (this.disabled) this.succeeded();
  }

  /** Deliveries that may be under way at once: halved with every failure in a row, so that a slow, dying endpoint holds few workers. */
  concurrency(cap: number): number {
    return Math.max(1, Math.floor(cap / 2 ** Math.min(this.failuresInRow, 10)));
  }
}
