import {
  applyOverride,
  firstInForce,
  limiterRecordSchema,
  OverrideTable,
  type LimiterRecord,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  type Quota,
  type RateLimitOverrideRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { checked, forms, having, optionsOf } from '../checked';
import type { Controls } from '../controls';
import { controlsForm } from '../controls/Controls';
import {
  closeConnection,
  connectionForm,
  layoutOf,
  openConnection,
  sayDefaultAddress,
  type ConnectionInput,
} from '../redis/connection';
import { Clients, type KnownClient } from './Clients';
import { Counter, type Limit } from './Counter';
import { UsageRecorder } from './UsageRecorder';
import { fieldOfOverride, NORMAL } from './windows';

/** @public */
export interface RateLimiterOptions {
  /** This process's copy of what the portal published. */
  controls: Controls;
  /** Where requests are counted; all processes of a platform share it. */
  connection: ConnectionInput;
  namespace?: string;
  /** Lower-case name, shown in the portal and in the `RateLimit` headers; default `api`. */
  name?: string;
  /**
   * What a tenant may do. A request that names no tenant, or where this is left out, is counted by
   * its address.
   */
  tenant?: Quota;
  /** What an address (IPv6: a /64) may do. Left out: a request without a tenant is not limited. */
  address?: Quota;
  onError?: (error: Error) => void;
}

const quotaForm = optionsOf<Quota>(
  { limit: forms.count, windowSeconds: forms.count },
  {
    max: 'limit',
    points: 'limit',
    requests: 'limit',
    duration: 'windowSeconds',
  },
).optional();

const optionsForm = optionsOf<RateLimiterOptions>(
  {
    controls: controlsForm,
    connection: connectionForm,
    namespace: forms.text.optional(),
    name: forms.text.optional(),
    tenant: quotaForm,
    address: quotaForm,
    onError: forms.callback.optional(),
  },
  { ip: 'address', redis: 'connection', url: 'connection', logger: 'onError' },
);

/** For options of what takes a {@link RateLimiter}. */
export const limiterForm = having('what new RateLimiter() returns', 'consume');

/** Who asks. @public */
export interface RateLimitClient {
  tenant?: string;
  /**
   * IP address, either version, as the connection, a proxy or a log spells it: with a port, in
   * brackets, with a zone. Requests whose address cannot be read share one quota.
   */
  ip?: string;
}

/** What the limiter says to a request. @public */
export interface RateLimitDecision {
  allowed: boolean;
  /** The quota that applied; undefined: none, there is no limit. */
  quota?: Quota;
  /** Requests left in this window. */
  remaining?: number;
  /** Milliseconds until the window ends. */
  resetMs?: number;
  /** The override in force for this client, if there is one. */
  override?: RateLimitOverrideRecord;
  /** Name of the limiter. */
  policy: string;
}

const ANNOUNCE_MS = 60_000;
const MAX_SHOWN = 60;

/**
 * A limiter over all processes of a platform. It counts in Redis what it admits, in fixed windows
 * that begin with the first request; the portal's overrides decide by which quota. While Redis is
 * away each process goes on counting by itself.
 *
 * A request of a tenant is counted for the tenant, another one for its address. Under an override
 * for an address or a network it is counted for its address (of a network: each address for
 * itself), so that the tenant's own quota stays untouched.
 * @public
 */
export class RateLimiter {
  readonly name: string;
  private readonly table = new OverrideTable();
  private readonly usage: UsageRecorder;
  private readonly redis;
  private readonly counter: Counter;
  private readonly clients: Clients;
  /** by override or, where none holds, by quota; null: no limit */
  private readonly limits = {
    tenant: new WeakMap<object, Limit | null>(),
    address: new WeakMap<object, Limit | null>(),
  };
  private saidUnreadable = false;
  private readonly onError: (error: Error) => void;
  private readonly stop: () => void;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: RateLimiterOptions) {
    checked('RateLimiter', optionsForm, options);
    sayDefaultAddress('RateLimiter', options.connection);
    this.name = options.name ?? 'api';
    const { controls, namespace } = options;
    const onError = options.onError ?? (() => {});
    this.onError = onError;
    this.redis = openConnection(options.connection, 'commands');
    const keys = protocolKeys(namespace, layoutOf(this.redis));
    this.counter = new Counter(this.redis, `${keys.limiters}:${this.name}`);
    this.redis.on('error', onError);
    this.usage = new UsageRecorder({
      redis: this.redis,
      keys,
      limiter: this.name,
      now: controls.now,
      onError,
    });
    this.clients = new Clients(this.table, this.usage);
    const state = controls.state('rate-limits');
    for (const [id, record] of state.records) this.table.update(id, record);
    this.stop = state.onChange(ids => {
      for (const id of ids) this.table.update(id, state.records.get(id));
    });
    const announce = () => {
      if (this.redis.status !== 'ready') return;
      const record: LimiterRecord = limiterRecordSchema.parse({
        v: 1,
        name: this.name,
        tenant: options.tenant,
        address: options.address,
        seenAt: new Date(controls.now()).toISOString(),
      });
      this.redis
        .hset(keys.limiters, this.name, JSON.stringify(record))
        .catch(onError);
    };
    this.redis.on('ready', announce);
    this.timer = setInterval(announce, ANNOUNCE_MS);
    this.timer.unref();
  }

  /**
   * Counts one request and says whether it may pass. Never rejects: with Redis away it counts in
   * this process.
   */
  consume(client: RateLimitClient): Promise<RateLimitDecision> {
    const { options, usage, name: policy } = this;
    const tenant =
      client.tenant === undefined
        ? undefined
        : this.clients.tenant(client.tenant);
    const kind = options.tenant && tenant ? 'tenant' : 'address';
    const address = this.addressOf(client, kind);
    const base = options[kind];
    const override = this.overrideOf(tenant, address);
    const limit = base && this.limitOf(kind, base, override);
    const key = keyOf(kind, tenant, address, override);
    if (!limit || key === undefined) {
      if (tenant) usage.count(tenant.usage, true);
      if (address) usage.count(address.usage, true);
      if (base && override && key !== undefined) {
        const { subject } = override;
        const isTenant = kind === 'tenant' && subject.kind === 'tenant';
        this.free((isTenant ? tenant : address)!, key, base, override.id);
      }
      return Promise.resolve({ allowed: true, override, policy });
    }
    return this.counter.take(limit, key, ({ allowed, admitted, leftMs }) => {
      if (tenant) usage.count(tenant.usage, allowed);
      if (address) usage.count(address.usage, allowed);
      const { quota } = limit;
      return {
        allowed,
        quota,
        remaining: Math.max(0, quota.limit - admitted),
        resetMs: leftMs,
        override,
        policy,
      };
    });
  }

  async close(): Promise<void> {
    this.stop();
    clearInterval(this.timer);
    this.usage.close();
    this.counter.close();
    await closeConnection(this.redis);
  }

  private overrideOf(
    tenant: KnownClient | undefined,
    address: KnownClient | null,
  ): RateLimitOverrideRecord | undefined {
    const ofTenant = tenant?.overrides.length ? tenant.overrides : undefined;
    const ofAddress = address?.overrides.length ? address.overrides : undefined;
    if (!ofTenant && !ofAddress) return undefined;
    const now = this.options.controls.now();
    return (
      (ofTenant && firstInForce(ofTenant, now, this.name)) ??
      (ofAddress && firstInForce(ofAddress, now, this.name))
    );
  }

  /**
   * A request that names no address at all, and no tenant that is counted instead, is counted with
   * those whose address cannot be read: otherwise it would pass without limit.
   */
  private addressOf(
    { ip }: RateLimitClient,
    kind: 'tenant' | 'address',
  ): KnownClient | null {
    if (ip === undefined && (kind === 'tenant' || !this.options.address)) {
      return null;
    }
    const known = ip === undefined ? null : this.clients.address(ip);
    if (known) return known;
    if (!this.saidUnreadable) {
      this.saidUnreadable = true;
      this.onError(
        new Error(
          `Limiter ${this.name}: ${
            ip === undefined
              ? 'a request names neither tenant nor address'
              : `${JSON.stringify(ip.slice(0, MAX_SHOWN))} is no IP address`
          }; such requests are counted together as one unknown address`,
        ),
      );
    }
    return this.clients.unknown;
  }

  /** What counts a request; null: nothing, there is no limit. Found once per override. */
  private limitOf(
    kind: 'tenant' | 'address',
    base: Quota,
    override: RateLimitOverrideRecord | undefined,
  ): Limit | null {
    const known = this.limits[kind];
    const subject = override ?? base;
    let limit = known.get(subject);
    if (limit === undefined) {
      const quota = override ? applyOverride(base, override.limit) : base;
      const field = override ? fieldOfOverride(override.id) : NORMAL;
      limit = quota ? { quota, field } : null;
      known.set(subject, limit);
    }
    return limit;
  }

  /** An override without limit holds for a client: when it ends, the normal quota is whole. */
  private free(
    client: KnownClient,
    key: string,
    base: Quota,
    overrideId: string,
  ): void {
    if (client.freedBy === overrideId) return;
    client.freedBy = overrideId;
    this.counter.clearNormal(key, base).catch(this.onError);
  }
}

/**
 * Under an override for an address or a network the address is counted; otherwise the tenant, where
 * there is one.
 */
function keyOf(
  kind: 'tenant' | 'address',
  tenant: KnownClient | undefined,
  address: KnownClient | null,
  override: RateLimitOverrideRecord | undefined,
): string | undefined {
  if (override?.subject.kind === 'ip') return `i:${override.subject.ip}`;
  if (kind === 'tenant' && override?.subject.kind !== 'cidr') {
    return tenant?.key;
  }
  return address?.key;
}
