import {
  CidrTable,
  parseAddress,
  parseCidr,
  type Address,
  type Cidr,
  type RateLimitOverrideRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';

/** An override with its times parsed once. */
export interface OverrideEntry {
  record: RateLimitOverrideRecord;
  start: number;
  end: number;
}

type Bucket = OverrideEntry[];

/**
 * Finds the override that holds for a client: that of its tenant, else of its exact address, else of the longest prefix around it. One that has not
 * begun, has ended, or is for another limiter does not stand in the way of a less specific one. Of several for the same subject the youngest wins.
 */
export class OverrideTable {
  private readonly tenants = new Map<string, Bucket>();
  private readonly addresses = new CidrTable<Bucket>();
  private readonly networks = new CidrTable<Bucket>();
  private readonly byId = new Map<
    string,
    { entry: OverrideEntry; bucket: Bucket }
  >();

  get size(): number {
    return this.byId.size;
  }

  /** Puts a record in, in place of the one of the same id; undefined takes it out. */
  update(id: string, record: RateLimitOverrideRecord | undefined): void {
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

  find(
    client: { tenant?: string; address?: Address },
    at: number,
    limiter?: string,
  ): RateLimitOverrideRecord | undefined {
    let found: OverrideEntry | undefined;
    const holds = (bucket: Bucket): boolean => {
      for (const entry of bucket) {
        const { limiter: only } = entry.record;
        if (
          entry.start <= at &&
          at < entry.end &&
          (!only || only === limiter)
        ) {
          found = entry;
          return true;
        }
      }
      return false;
    };
    if (client.tenant !== undefined) {
      const bucket = this.tenants.get(client.tenant);
      if (bucket) holds(bucket);
    }
    if (!found && client.address) {
      if (!this.addresses.match(client.address, holds)) {
        this.networks.match(client.address, holds);
      }
    }
    return found?.record;
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
