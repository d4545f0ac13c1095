import type {
  WebhookCircuitRecord,
  WebhookError,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { forms, optionsOf } from '../../checked';

/** When an endpoint is left alone. Give all dispatchers the same. @public */
export interface CircuitOptions {
  /** Failures in a row, over all dispatchers, that open the circuit. Default 5. */
  failures?: number;
  /**
   * Milliseconds until an open circuit lets one delivery through to see; doubles with each that
   * fails. Default 30,000.
   */
  cooldownMs?: number;
  /** Most milliseconds that it doubles to. Default 300,000. */
  maxCooldownMs?: number;
}

export const circuitForm = optionsOf<CircuitOptions>(
  {
    failures: forms.count.optional(),
    cooldownMs: forms.milliseconds.optional(),
    maxCooldownMs: forms.milliseconds.optional(),
  },
  {
    threshold: 'failures',
    failureThreshold: 'failures',
    resetTimeout: 'cooldownMs',
  },
);

/** {@link CircuitOptions} with its defaults filled in. */
export function circuitPlan(
  options: CircuitOptions = {},
): Required<CircuitOptions> {
  return {
    failures: options.failures ?? 5,
    cooldownMs: options.cooldownMs ?? 30_000,
    maxCooldownMs: options.maxCooldownMs ?? 300_000,
  };
}

/**
 * What a circuit says to a delivery. `probe`: one may go to see whether the endpoint is back, if
 * nobody else does.
 */
export type Verdict =
  | { kind: 'go' | 'probe' }
  | { kind: 'wait'; until: number; error?: WebhookError }
  | { kind: 'disabled'; error?: WebhookError };

/**
 * Whether a delivery may go now. Pure.
 * @param circuit - undefined for an endpoint that is well
 * @param atOnce - goes to see without waiting for the time, as a person who asks for a replay does;
 *   still one at a time
 */
export function evaluateCircuit(
  circuit: WebhookCircuitRecord | undefined,
  now: number,
  atOnce = false,
): Verdict {
  if (!circuit) return { kind: 'go' };
  const { error, openUntilMs = 0 } = circuit;
  if (circuit.disabled && !atOnce) return { kind: 'disabled', error };
  const opened = circuit.openings > 0 || circuit.disabled;
  if (now < openUntilMs && !(atOnce && opened)) {
    return { kind: 'wait', until: openUntilMs, error };
  }
  if (!opened) return { kind: 'go' };
  return (circuit.probeUntilMs ?? 0) > now
    ? { kind: 'wait', until: afterProbe(now), error }
    : { kind: 'probe' };
}

/**
 * When to ask again while another goes to see: spread, so that a long queue does not knock all at
 * once.
 */
function afterProbe(now: number): number {
  return now + 100 + 1_900 * Math.random();
}

/**
 * Deliveries that may be under way at once: halved with every failure in a row, so that a slow,
 * dying endpoint holds few workers.
 */
export function concurrencyOf(
  circuit: WebhookCircuitRecord | undefined,
  cap: number,
): number {
  const failures = Math.min(circuit?.failures ?? 0, 10);
  return Math.max(1, Math.floor(cap / 2 ** failures));
}
