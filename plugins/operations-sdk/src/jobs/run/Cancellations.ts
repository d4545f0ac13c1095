import {
  cancelRequestSchema,
  controlMessageSchema,
  parseJson,
  signedCancelRequestSchema,
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
import type { RequestVerifier } from '../../requests/RequestVerifier';

/** A run that can be cancelled. */
export interface Cancellable {
  readonly runId: string;
  /** `<engine>/<name>` */
  readonly jobId: string;
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
  verifier: RequestVerifier;
  onError: (error: Error) => void;
}

/**
 * Passes cancellations to the runs of this process: at once by the control channel, and by the
 * durable request where the message was missed, which is read when a run starts and with every
 * heartbeat.
 *
 * A process with keys obeys the durable request alone, if the portal signed it: a message on the
 * channel is then a hint to read it.
 */
export class Cancellations {
  private toCheck: string[] = [];
  /** Requests that were not obeyed and said so, by run: once, not with every heartbeat. */
  private readonly disobeyed = new Map<string, string>();

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
    for (const runId of this.disobeyed.keys()) {
      if (!this.options.running.has(runId)) this.disobeyed.delete(runId);
    }
    if (runIds.length === 0) {
      return;
    }
    const { client, keys, running } = this.options;
    const found = await getMany(
      client,
      runIds.map(id => keys.cancel(id)),
    );
    found.forEach((json, i) => {
      const run = running.get(runIds[i]);
      if (json !== null && run && this.isObeyed(run, json)) {
        run.cancel();
      }
    });
  }

  /** Who cancelled a run, and why; undefined where the request is missing or unreadable. */
  async request(runId: string): Promise<CancelRequest | undefined> {
    const { client, keys, running } = this.options;
    const [json, run] = [
      await client.get(keys.cancel(runId)),
      running.get(runId),
    ];
    return json === null || !run ? undefined : this.read(run, json).request;
  }

  private isObeyed(run: Cancellable, json: string): boolean {
    const { verifier, onError } = this.options;
    if (!verifier.isChecking) return true;
    const { request, problem } = this.read(run, json);
    if (request) return true;
    if (this.disobeyed.get(run.runId) !== json) {
      this.disobeyed.set(run.runId, json);
      onError(
        new Error(
          `${run.runId}: somebody asks to cancel it, and is not obeyed: ${problem}`,
        ),
      );
    }
    return false;
  }

  /** What stands at the run's key, as far as it counts here. */
  private read(
    run: Cancellable,
    json: string,
  ): { request?: CancelRequest; problem?: string } {
    const { verifier } = this.options;
    const message = parseJson(json);
    const found = verifier.read(message, signedCancelRequestSchema, claims => {
      if (claims.runId !== run.runId) return `it cancels ${claims.runId}`;
      if (claims.job !== run.jobId) return `it cancels a run of ${claims.job}`;
      return undefined;
    });
    if (found.signature === 'verified' || found.signature === 'unchecked') {
      return { request: found.claims };
    }
    if (found.signature === 'bad') return { problem: found.problem };
    return verifier.isChecking
      ? { problem: 'it is not signed' }
      : { request: cancelRequestSchema.safeParse(message).data };
  }

  private receive(message: string): void {
    // anybody may write to Redis: what does not parse is no request
    const control = controlMessageSchema.safeParse(parseJson(message)).data;
    const run = control && this.options.running.get(control.runId);
    if (!run) return;
    if (this.options.verifier.isChecking) this.checkSoon(run.runId);
    else run.cancel();
  }
}
