import { parseAddress, type Address } from './address';
import { CidrTable, parseCidr, type Cidr } from './cidr';
import type { RateLimitOverrideRecord } from './override';

/** An override with its times parsed once. */
export interface OverrideEntry {
  record: RateLimitOverrideRecord;
  start: number;
  end: number;
}

type Bucket = OverrideEntry[];
const NONE: readonly OverrideEntry[] = [];

/** The first of some overrides that is in force for a limiter at a moment. */
export function firstInForce(
  overrides: readonly OverrideEntry[],
  at: number,
  limiter?: string,
): RateLimitOverrideRecord | undefined {
  for (const { record, start, end } of overrides) {
    if (start <= at && at < end) {
      if (!record.limiter || record.limiter === limiter) return record;
    }
  }
  return undefined;
}

/**
 * Finds the override that holds for a client: that of its tenant, else of its exact address, else
 * of the longest prefix around it. One that has not begun, has ended, or is for another limiter
 * does not stand in the way of a less specific one. Of several for the same subject the youngest
 * wins.
 */
export class OverrideTable {
  /** Grows with each change: what was found under another version may not hold any more. */
  version = 0;
  private readonly tenants = new Map<string, Bucket>();
  private readonly addresses = new CidrTable<Bucket>();
  private readonly networks = new CidrTable<Bucket>();
  private readonly byId = new Map<
    string,
    { entry: OverrideEntry; bucket: Bucket }
  >();

  /** Puts a record in, in place of the one of the same id; undefined takes it out. */
  update(id: string, record: RateLimitOverrideRecord | undefined): void {
    this.version += 1;
    const old = this.byId.get(id);
    if (old) {
      old.bucket.splice(old.bucket.indexOf(old.entry), 1);
      this.byId.delete(id);
    }
    if (!record) return;
    const bucket = this.bucketOf(record);
    if (!bucket) return;
    const entry = {
      record,
      start: Date.parse(record.startsAt),
      end: Date.parse(record.endsAt),
    };
    bucket.push(entry);
    bucket.sort((a, b) => b.record.revision - a.record.revision);
    this.byId.set(id, { entry, bucket });
  }

  /** The overrides for a tenant, in force or not, the youngest first. */
  ofTenant(tenant: string): readonly OverrideEntry[] {
    return this.tenants.get(tenant) ?? NONE;
  }

  /**
   * The overrides for an address and for the networks around it, in force or not, the most specific
   * first.
   */
  ofAddress(address: Address): readonly OverrideEntry[] {
    let found = NONE;
    const collect = (bucket: Bucket) => {
      if (bucket.length > 0) found = [...found, ...bucket];
      return false;
    };
    this.addresses.match(address, collect);
    this.networks.match(address, collect);
    return found;
  }

  private bucketOf({ subject }: RateLimitOverrideRecord): Bucket | undefined {
    if (subject.kind === 'tenant') {
      let bucket = this.tenants.get(subject.tenant);
      if (!bucket) this.tenants.set(subject.tenant, (bucket = []));
      return bucket;
    }
    if (subject.kind === 'cidr') {
      const cidr = parseCidr(subject.cidr);
      return cidr && bucketIn(this.networks, cidr);
    }
    const network = parseAddress(subject.ip);
    return (
      network &&
      bucketIn(this.addresses, {
        network,
        prefix: network.version === 4 ? 32 : 128,
      })
    );
  }
}

function bucketIn(table: CidrTable<Bucket>, cidr: Cidr): Bucket {
  let bucket = table.get(cidr);
  if (!bucket) {
    bucket = [];
    table.set(cidr, bucket);
  }
  return bucket;
}
