import {
  parseJson,
  WEBHOOK_FAILURES_STREAM_MAX_LENGTH,
  webhookCircuitRecordSchema,
  type WebhookCircuitRecord,
  type WebhookError,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { ProtocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { executeScript, type Script } from '../../redis/script';
import { endpointKey, shownUrl } from '../delivery';
import {
  CircuitOptions,
  circuitPlan,
  concurrencyOf,
  evaluateCircuit,
  Verdict,
} from './rules';
import {
  circuitAbandoned,
  circuitClosed,
  circuitDisabled,
  circuitFailed,
  circuitPaused,
  circuitProbe,
} from './scripts';

/** An endpoint, and where it is. */
export interface CircuitOf {
  tenant: string;
  endpoint: string;
  url?: string;
}

/**
 * The circuits of endpoints, shared by all dispatchers through Redis: what one finds, all heed, and
 * one of them goes to see. An endpoint that is well has no circuit and costs no command; those that
 * are not are mirrored here.
 */
export class SharedCircuits {
  private mirror = new Map<string, WebhookCircuitRecord>();
  private readonly plan: Required<CircuitOptions>;

  constructor(
    private readonly redis: RedisClient,
    private readonly keys: ProtocolKeys,
    private readonly owner: string,
    options?: CircuitOptions,
  ) {
    this.plan = circuitPlan(options);
  }

  /** Learns what other dispatchers found. */
  async learn(): Promise<void> {
    const found = await this.redis.hgetall(this.keys.webhookEndpoints);
    const circuits = new Map<string, WebhookCircuitRecord>();
    for (const [key, json] of Object.entries(found)) {
      const circuit = read(json);
      if (circuit) circuits.set(key, circuit);
    }
    this.mirror = circuits;
  }

  /** What is known here says to a delivery. */
  ask(of: CircuitOf, atOnce?: boolean): Verdict {
    return evaluateCircuit(
      this.mirror.get(endpointKey(of)),
      Date.now(),
      atOnce,
    );
  }

  /**
   * As {@link SharedCircuits.ask}; where one may go to see, asks all others first whether it may be
   * this one.
   */
  async enter(
    of: CircuitOf,
    atOnce: boolean,
    atMostMs: number,
  ): Promise<Verdict> {
    const verdict = this.ask(of, atOnce);
    if (verdict.kind !== 'probe') return verdict;
    const answer = await this.execute(circuitProbe, of, undefined, [
      this.owner,
      atMostMs,
      atOnce ? '1' : '0',
    ]);
    if (answer === 'go') return { kind: 'probe' };
    const now = this.ask(of, atOnce);
    // by this clock the time has come, by that of Redis it has not
    return now.kind === 'probe'
      ? { kind: 'wait', until: Date.now() + 50 }
      : now;
  }

  concurrency(of: CircuitOf, cap: number): number {
    return concurrencyOf(this.mirror.get(endpointKey(of)), cap);
  }

  async failed(of: CircuitOf, error: WebhookError): Promise<void> {
    await this.execute(circuitFailed, of, error, [
      WEBHOOK_FAILURES_STREAM_MAX_LENGTH,
      this.plan.failures,
      this.plan.cooldownMs,
      this.plan.maxCooldownMs,
      Math.random(),
    ]);
  }

  async succeeded(of: CircuitOf): Promise<void> {
    if (!this.mirror.has(endpointKey(of))) return;
    await this.execute(circuitClosed, of, undefined, [
      WEBHOOK_FAILURES_STREAM_MAX_LENGTH,
    ]);
  }

  async paused(of: CircuitOf, error: WebhookError, ms: number): Promise<void> {
    await this.execute(circuitPaused, of, error, [0, Math.round(ms)]);
  }

  /** @returns whether this was news */
  async disabled(of: CircuitOf, error: WebhookError): Promise<boolean> {
    const answer = await this.execute(circuitDisabled, of, error, [
      WEBHOOK_FAILURES_STREAM_MAX_LENGTH,
    ]);
    return answer === 'disabled';
  }

  async abandoned(of: CircuitOf): Promise<void> {
    await this.execute(circuitAbandoned, of, undefined, [this.owner]);
  }

  private async execute(
    step: Script,
    of: CircuitOf,
    error: WebhookError | undefined,
    args: Array<string | number>,
  ): Promise<string> {
    const key = endpointKey(of);
    const at = new Date().toISOString();
    const report = {
      v: 1,
      kind: 'endpoint',
      tenant: of.tenant,
      endpoint: of.endpoint,
      url: shownUrl(of.url),
      since: at,
      at,
      error,
    };
    const [what, json] = (await executeScript(
      this.redis,
      step,
      [this.keys.webhookEndpoints, this.keys.webhookFailures],
      [key, JSON.stringify(report), ...args],
    )) as [string, string];
    const circuit = json ? read(json) : undefined;
    if (circuit) this.mirror.set(key, circuit);
    else this.mirror.delete(key);
    return what;
  }
}

function read(json: string): WebhookCircuitRecord | undefined {
  return webhookCircuitRecordSchema.safeParse(parseJson(json)).data;
}
