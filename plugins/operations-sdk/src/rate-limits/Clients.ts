import {
  clientKey,
  readClientAddress,
  USAGE_UNKNOWN,
  type Address,
  type OverrideEntry,
  type OverrideTable,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { UsageRecorder, UsageSubject } from './UsageRecorder';

/** What is kept of a tenant or an address from one of its requests to the next. */
export interface KnownClient {
  /** what its requests are counted by */
  readonly key: string;
  readonly usage: UsageSubject;
  /** those that are for it, in force or not, the most specific first */
  overrides: readonly OverrideEntry[];
  /** of the table that they were found in */
  version: number;
  /** id of the override that took the limit away, the last time that one did */
  freedBy?: string;
}

const MAX_KEPT = 20_000;

/**
 * Tenants and addresses that were seen lately. A request costs one look-up for each, however many
 * overrides there are.
 */
export class Clients {
  private readonly tenants = new Map<string, KnownClient>();
  private readonly addresses = new Map<
    string,
    (KnownClient & { address: Address }) | null
  >();
  /** All whose address cannot be read. No override is for it. */
  readonly unknown: KnownClient;

  constructor(
    private readonly table: OverrideTable,
    private readonly recorder: UsageRecorder,
  ) {
    this.unknown = this.make(
      'unknown',
      recorder.subject('address', USAGE_UNKNOWN),
    );
  }

  tenant(name: string): KnownClient {
    let known = this.tenants.get(name);
    if (!known) {
      known = this.make(`t:${name}`, this.recorder.subject('tenant', name));
      keep(this.tenants, name, known);
    }
    if (known.version !== this.table.version) {
      known.overrides = this.table.ofTenant(name);
      known.version = this.table.version;
    }
    return known;
  }

  /** @returns null for what is no address */
  address(ip: string): KnownClient | null {
    let known = this.addresses.get(ip);
    if (known === undefined) {
      const address = readClientAddress(ip);
      const key = address && clientKey(address);
      known =
        address && key
          ? {
              ...this.make(`i:${key}`, this.recorder.subject('address', key)),
              address,
            }
          : null;
      keep(this.addresses, ip, known);
    }
    if (known && known.version !== this.table.version) {
      known.overrides = this.table.ofAddress(known.address);
      known.version = this.table.version;
    }
    return known;
  }

  private make(key: string, usage: UsageSubject): KnownClient {
    return { key, usage, overrides: [], version: -1 };
  }
}

function keep<T>(map: Map<string, T>, name: string, value: T): void {
  if (map.size >= MAX_KEPT) map.clear();
  map.set(name, value);
}
