import {
  cancelRequestSchema,
  controlMessageSchema,
  parseJson,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  CancelRequest,
  ProtocolKeys,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  getMany,
  keepSubscribed,
  type RedisClient,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';

/** A run that can be cancelled. */
export interface Cancellable {
  readonly runId: string;
  /** Has no effect on a run whose job is not cancellable. */
  cancel(): void;
}

/** @internal */
export interface CancellationsOptions {
  client: RedisClient;
  /** A connection for subscriptions alone. */
  subscriber: RedisClient;
  keys: ProtocolKeys;
  running: ReadonlyMap<string, Cancellable>;
  onError: (error: Error) => void;
}

/**
 * Passes cancellations to the runs of this process: at once by the control channel, and by the
 * durable request where the message was missed, which is read when a run starts and with every
 * heartbeat.
 */
export class Cancellations {
  private toCheck: string[] = [];

  constructor(private readonly options: CancellationsOptions) {}

  async listen(): Promise<void> {
    const { subscriber, keys } = this.options;
    subscriber.on('message', (channel: string, message: string) => {
      if (channel === keys.controlChannel) {
        this.receive(message);
      }
    });
    await keepSubscribed(subscriber, [keys.controlChannel]);
  }

  /**
   * Checks, without making the run wait, whether it was cancelled before it started. Runs that
   * start in the same turn of the event loop share one command.
   */
  checkSoon(runId: string): void {
    this.toCheck.push(runId);
    if (this.toCheck.length === 1) {
      setImmediate(() => {
        const ids = this.toCheck;
        this.toCheck = [];
        this.check(ids).catch(this.options.onError);
      });
    }
  }

  /** Checks whether any of these runs was cancelled. */
  async check(runIds: string[]): Promise<void> {
    if (runIds.length === 0) {
      return;
    }
    const { client, keys, running } = this.options;
    const found = await getMany(
      client,
      runIds.map(id => keys.cancel(id)),
    );
    found.forEach((request, i) => {
      if (request !== null) {
        running.get(runIds[i])?.cancel();
      }
    });
  }

  /** Who cancelled a run, and why; undefined where the request is missing or unreadable. */
  async request(runId: string): Promise<CancelRequest | undefined> {
    const { client, keys } = this.options;
    const json = await client.get(keys.cancel(runId));
    return json === null
      ? undefined
      : cancelRequestSchema.safeParse(parseJson(json)).data;
  }

  private receive(message: string): void {
    // anybody may write to Redis: what does not parse is no request
    const control = controlMessageSchema.safeParse(parseJson(message)).data;
    if (control) {
      this.options.running.get(control.runId)?.cancel();
    }
  }
}
