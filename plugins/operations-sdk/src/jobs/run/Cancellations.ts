import {
  cancelRequestSchema,
  controlMessageSchema,
  type CancelRequest,
  type ProtocolKeys,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedisClient } from '../redis/script';

/** A run that can be told to stop. */
export interface Cancellable {
  readonly runId: string;
  /** Ignored by a run that cannot be cancelled. */
  cancel(): void;
}

/** @internal */
export interface CancellationsOptions {
  client: RedisClient;
  /** a connection that does nothing but listen */
  subscriber: RedisClient;
  keys: ProtocolKeys;
  running: ReadonlyMap<string, Cancellable>;
  onError: (error: Error) => void;
}

/**
 * Brings cancellations to the runs of this process: at once by the control channel, and by the durable request for those who were not
 * listening, which is looked for when a run starts and with every heartbeat.
 */
export class Cancellations {
  private asked: string[] = [];

  constructor(private readonly options: CancellationsOptions) {}

  async listen(): Promise<void> {
    const { subscriber, keys } = this.options;
    subscriber.on('message', (channel: string, message: string) => {
      if (channel === keys.controlChannel) {
        this.heard(message);
      }
    });
    await subscriber.subscribe(keys.controlChannel);
  }

  /** Looks, without making the run wait, whether it was cancelled before it started. Runs starting together share one question. */
  checkSoon(runId: string): void {
    this.asked.push(runId);
    if (this.asked.length === 1) {
      setImmediate(() => {
        const ids = this.asked;
        this.asked = [];
        this.check(ids).catch(this.options.onError);
      });
    }
  }

  /** Looks whether any of these runs was cancelled. */
  async check(runIds: string[]): Promise<void> {
    if (runIds.length === 0) {
      return;
    }
    const { client, keys, running } = this.options;
    const found = await client.mget(runIds.map(id => keys.cancel(id)));
    found.forEach((request, i) => {
      if (request !== null) {
        running.get(runIds[i])?.cancel();
      }
    });
  }

  /** Who asked for a cancellation, and why; undefined where the request is not there or unreadable. */
  async request(runId: string): Promise<CancelRequest | undefined> {
    const { client, keys } = this.options;
    const json = await client.get(keys.cancel(runId));
    return json === null ? undefined : parse(json, cancelRequestSchema);
  }

  private heard(message: string): void {
    const control = parse(message, controlMessageSchema);
    if (control) {
      this.options.running.get(control.runId)?.cancel();
    }
  }
}

/** What others write may be anything: what does not read as agreed counts as not said. */
function parse<T>(
  json: string,
  schema: { safeParse(value: unknown): { success: boolean; data?: T } },
): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
