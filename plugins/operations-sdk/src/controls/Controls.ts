import {
  CONTROL_KINDS,
  CONTROLS_POLL_MS,
  flagRecordSchema,
  maintenanceRecordSchema,
  publishedControlMessageSchema,
  rateLimitOverrideRecordSchema,
  type ControlKind,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  type FlagRecord,
  type MaintenanceRecord,
  type ProtocolKeys,
  type RateLimitOverrideRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  endConnection,
  keepSubscribed,
  throttleErrors,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { checked, forms, having, optionsOf } from '../checked';
import { RedisClock } from '../clock';
import {
  connectionForm,
  layoutOf,
  openConnection,
  sayDefaultAddress,
  type ConnectionInput,
} from '../redis/connection';
import { ControlState } from './ControlState';

/** @public */
export interface ControlsOptions {
  /** The Redis that the portal publishes to. */
  connection: ConnectionInput;
  /** Namespace of the protocol's keys; the portal's `operations.redis.namespace`. */
  namespace?: string;
  /** How often revisions are compared, as a net under the messages; default one second. */
  pollMs?: number;
  /**
   * The reader's clock, with which every start and end is compared; default: Redis' time, which
   * goes on while Redis is away and whatever happens to the machine's clock.
   */
  now?: () => number;
  /** Called with errors; default: written to stderr, the same one once a minute. */
  onError?: (error: Error) => void;
}

const optionsForm = optionsOf<ControlsOptions>(
  {
    connection: connectionForm,
    namespace: forms.text.optional(),
    pollMs: forms.milliseconds.optional(),
    now: forms.callback.optional(),
    onError: forms.callback.optional(),
  },
  { redis: 'connection', url: 'connection', logger: 'onError' },
);

/** For options of what takes {@link Controls}. */
export const controlsForm = having(
  'what new Controls() returns',
  'state',
  'now',
);

interface Kinds {
  'rate-limits': RateLimitOverrideRecord;
  flags: FlagRecord;
  maintenance: MaintenanceRecord;
}

const MGET_CHUNK = 1_000;
/** How often Redis is asked for its time. */
const MEASURE_EVERY_MS = 5_000;

/**
 * What the portal published, held in this process: fed by messages, with a poll as net. Reading
 * costs no Redis command. While Redis is away, and after it was flushed, it goes on with what it
 * knows; starts and ends need no message, since they are compared with {@link Controls.now}.
 * @public
 */
export class Controls {
  readonly now: () => number;
  /** Resolves when the published state was first read. */
  readonly ready: Promise<void>;
  private readonly states: { [K in ControlKind]: ControlState<Kinds[K]> };
  private readonly keys: ProtocolKeys;
  private readonly commands;
  private readonly subscriber;
  private readonly availabilityListeners = new Set<(up: boolean) => void>();
  private readonly onError: (error: Error) => void;
  private readonly loading = new Map<ControlKind, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private readonly clock = new RedisClock();
  private measuredAt = -Infinity;
  private closed = false;
  private seenAt: number | undefined;
  private up = false;
  private markReady: () => void = () => {};

  constructor(private readonly options: ControlsOptions) {
    checked('Controls', optionsForm, options);
    sayDefaultAddress('Controls', options.connection);
    this.now = options.now ?? (() => this.clock.now());
    this.onError =
      options.onError ??
      throttleErrors(error => process.stderr.write(`${error}\n`));
    this.states = {
      'rate-limits': new ControlState(
        json => rateLimitOverrideRecordSchema.parse(json),
        this.onError,
      ),
      flags: new ControlState(
        json => flagRecordSchema.parse(json),
        this.onError,
      ),
      maintenance: new ControlState(
        json => maintenanceRecordSchema.parse(json),
        this.onError,
      ),
    };
    this.ready = new Promise(resolve => {
      this.markReady = resolve;
    });
    this.commands = openConnection(options.connection, 'commands', 3_000);
    this.keys = protocolKeys(options.namespace, layoutOf(this.commands));
    this.subscriber = openConnection(options.connection, 'subscriber');
    for (const client of [this.commands, this.subscriber]) {
      client.on('error', error => this.onError(error));
    }
    this.commands.on('ready', () => this.poll());
    this.subscriber.on('message', (_channel, text) => this.receive(text));
    keepSubscribed(this.subscriber, [this.keys.controlsChannel], () =>
      this.poll(),
    ).catch(this.onError);
    this.schedule();
  }

  /** The copy of one kind. @internal */
  state<K extends ControlKind>(kind: K): ControlState<Kinds[K]> {
    return this.states[kind];
  }

  /**
   * Whether the published state could be read at the last attempt, and when it last was (epoch ms).
   */
  get availability(): { available: boolean; asOf: number | undefined } {
    return { available: this.up, asOf: this.seenAt };
  }

  /** Calls back when the published state becomes unreachable (false) or reachable again (true). */
  onAvailability(listener: (available: boolean) => void): () => void {
    this.availabilityListeners.add(listener);
    return () => this.availabilityListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    endConnection(this.commands);
    endConnection(this.subscriber);
  }

  private schedule(): void {
    if (this.closed) return;
    this.timer = setTimeout(async () => {
      await this.poll();
      this.schedule();
    }, this.options.pollMs ?? CONTROLS_POLL_MS);
    this.timer.unref();
  }

  private async poll(): Promise<void> {
    if (this.closed) return;
    if (this.commands.status !== 'ready') {
      // the connection's own 'error' has said why
      this.setUp(false);
      return;
    }
    try {
      await this.measure();
      const revisions = await this.commands.mget(
        CONTROL_KINDS.map(kind => this.keys.controlsRevision(kind)),
      );
      await Promise.all(
        CONTROL_KINDS.map(async (kind, i) => {
          if (Number(revisions[i] ?? 0) > this.states[kind].revision) {
            await this.load(kind);
          }
        }),
      );
      this.seenAt = this.now();
      this.markReady();
      this.setUp(true);
    } catch (error) {
      if (this.closed) return;
      this.setUp(false);
      this.onError(error as Error);
    }
  }

  private async measure(): Promise<void> {
    if (performance.now() - this.measuredAt < MEASURE_EVERY_MS) return;
    const [kind] = CONTROL_KINDS;
    await this.clock.measure(this.commands, this.keys.controlsRevision(kind));
    this.measuredAt = performance.now();
  }

  private setUp(up: boolean): void {
    if (up === this.up) return;
    this.up = up;
    for (const listener of this.availabilityListeners) listener(up);
  }

  private receive(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      this.onError(error as Error);
      return;
    }
    const message = publishedControlMessageSchema.safeParse(json);
    // an unknown kind is of a later version
    if (!message.success) return;
    const { kind } = message.data;
    const loading = this.loading.get(kind);
    const follows = !loading && this.states[kind].apply(message.data);
    if (follows) return;
    // Behind: read the whole, after what is under way, which may have begun before this message.
    (loading ?? Promise.resolve())
      .then(() => {
        if (!this.states[kind].apply(message.data)) return this.load(kind);
        return undefined;
      })
      .catch(error => this.onError(error));
  }

  private load(kind: ControlKind): Promise<void> {
    const running = this.loading.get(kind);
    if (running) return running;
    const load = this.readAll(kind).finally(() => this.loading.delete(kind));
    this.loading.set(kind, load);
    return load;
  }

  /**
   * The revision is read first: records that are written meanwhile may be among what is read then,
   * and their message finds the revision that it follows from; putting a record in twice does no
   * harm.
   */
  private async readAll(kind: ControlKind): Promise<void> {
    const revision = Number(
      (await this.commands.get(this.keys.controlsRevision(kind))) ?? 0,
    );
    const ids = await this.commands.zrangebyscore(
      this.keys.controlsIndex(kind),
      this.now(),
      '+inf',
    );
    const jsons: unknown[] = [];
    for (let i = 0; i < ids.length; i += MGET_CHUNK) {
      const texts = await this.commands.mget(
        ids.slice(i, i + MGET_CHUNK).map(id => this.keys.control(kind, id)),
      );
      for (const text of texts) if (text) jsons.push(JSON.parse(text));
    }
    this.states[kind].replace(revision, jsons);
  }
}
