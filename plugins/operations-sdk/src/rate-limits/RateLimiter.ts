import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import {
  applyOverride,
  clientKey,
  limiterRecordSchema,
  parseAddress,
  protocolKeys,
  type Address,
  type LimiterRecord,
  type Quota,
  type RateLimitOverrideRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { openRedis, type Controls, type RedisTarget } from '../controls';
import { OverrideTable } from './OverrideTable';
import { UsageRecorder } from './UsageRecorder';

/** @public */
export interface RateLimiterOptions {
  /** This process's copy of what the portal published. */
  controls: Controls;
  /** Where requests are counted; all processes of a platform share it. */
  connection: RedisTarget;
  namespace?: string;
  /** Lower-case name, shown in the portal and in the `RateLimit` headers; default `api`. */
  name?: string;
  /** What a tenant may do. A request that names no tenant, or where this is left out, is counted by its address. */
  tenant?: Quota;
  /** What an address (IPv6: a /64) may do. Left out: a request without a tenant is not limited. */
  address?: Quota;
  onError?: (error: Error) => void;
}

/** Who asks. @public */
export interface RateLimitClient {
  tenant?: string;
  /** IP address, either version, however it is spelled. */
  ip?: string;
}

/** What the limiter says to a request. @public */
export interface RateLimitDecision {
  allowed: boolean;
  /** The quota it was judged by; undefined: none, there is no limit. */
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

const MAX_CACHED_ADDRESSES = 20_000;
const MAX_VARIANTS = 1_000;
const ANNOUNCE_MS = 60_000;

interface ParsedClient {
  address: Address;
  key: string;
}

/**
 * A limiter over all processes of a platform: rate-limiter-flexible counts in Redis, fixed windows that begin with the first request; the portal's
 * overrides decide by which quota. While Redis is away each process goes on counting by itself.
 *
 * A request of a tenant is counted for the tenant, another one for its address. Under an override for an address or a network it is counted for its address
 * (of a network: each address for itself), so that the tenant's own quota stays untouched.
 * @public
 */
export class RateLimiter {
  readonly name: string;
  private readonly table = new OverrideTable();
  private readonly usage: UsageRecorder;
  private readonly redis;
  private readonly variants = new Map<string, RateLimiterRedis>();
  private readonly parsed = new Map<string, ParsedClient | null>();
  private readonly prefix: string;
  private readonly stop: () => void;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: RateLimiterOptions) {
    this.name = options.name ?? 'api';
    const { controls, namespace } = options;
    const onError = options.onError ?? (() => {});
    const keys = protocolKeys(namespace);
    this.prefix = `${keys.limiters}:${this.name}`;
    this.redis = openRedis(options.connection, 'commands', 1_000);
    this.redis.on('error', onError);
    this.usage = new UsageRecorder({
      redis: this.redis,
      keys,
      limiter: this.name,
      now: controls.now,
      onError,
    });
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

  /** Counts one request and says whether it may pass. Never throws: with Redis away it counts in this process. */
  async consume(client: RateLimitClient): Promise<RateLimitDecision> {
    const {
      controls,
      tenant: tenantQuota,
      address: addressQuota,
    } = this.options;
    const ip = client.ip === undefined ? null : this.parse(client.ip);
    const tenant = tenantQuota ? client.tenant : undefined;
    const override =
      this.table.size === 0
        ? undefined
        : this.table.find(
            { tenant: client.tenant, address: ip?.address },
            controls.now(),
            this.name,
          );
    const base = tenant === undefined ? addressQuota : tenantQuota;
    const quota = override && base ? applyOverride(base, override.limit) : base;
    const byTenant =
      tenant !== undefined && (!override || override.subject.kind === 'tenant');
    let key: string | undefined;
    if (byTenant) key = `t:${tenant}`;
    else if (override?.subject.kind === 'ip') key = `i:${override.subject.ip}`;
    else if (ip) key = `i:${ip.key}`;
    if (!quota || key === undefined) {
      this.usage.count('passed', client.tenant, ip?.key);
      return { allowed: true, override, policy: this.name };
    }
    const { allowed, result } = await this.take(quota, key);
    this.usage.count(allowed ? 'passed' : 'refused', client.tenant, ip?.key);
    return {
      allowed,
      quota,
      remaining: result.remainingPoints,
      resetMs: result.msBeforeNext,
      override,
      policy: this.name,
    };
  }

  async close(): Promise<void> {
    this.stop();
    clearInterval(this.timer);
    this.usage.close();
    await this.redis.quit().catch(() => this.redis.disconnect());
  }

  private async take(
    quota: Quota,
    key: string,
  ): Promise<{ allowed: boolean; result: RateLimiterRes }> {
    try {
      return { allowed: true, result: await this.variant(quota).consume(key) };
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) {
        return { allowed: false, result: refusal };
      }
      throw refusal;
    }
  }

  /** Limiters of different quotas count on the same keys as long as their windows are as long; so a quota may change in the middle of a window. */
  private variant(quota: Quota): RateLimiterRedis {
    const id = `${quota.limit}:${quota.windowSeconds}`;
    let limiter = this.variants.get(id);
    if (!limiter) {
      const common = {
        points: quota.limit,
        duration: quota.windowSeconds,
        keyPrefix: `${this.prefix}:${quota.windowSeconds}`,
      };
      limiter = new RateLimiterRedis({
        ...common,
        storeClient: this.redis,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory(common),
      });
      if (this.variants.size >= MAX_VARIANTS) this.variants.clear();
      this.variants.set(id, limiter);
    }
    return limiter;
  }

  private parse(ip: string): ParsedClient | null {
    let parsed = this.parsed.get(ip);
    if (parsed === undefined) {
      const address = parseAddress(ip);
      parsed = address ? { address, key: clientKey(address) } : null;
      if (this.parsed.size >= MAX_CACHED_ADDRESSES) this.parsed.clear();
      this.parsed.set(ip, parsed);
    }
    return parsed;
  }
}
