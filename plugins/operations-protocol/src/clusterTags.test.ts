import { CLUSTER_TAGS, clusterTagOf } from './clusterTags';
import { hashSlot, hasHashTag } from './hashSlot';

describe('the slots of a Redis Cluster', () => {
  it('are those of the specification', () => {
    // 0x31C3 is the checksum of the specification's own example
    expect(hashSlot('123456789')).toBe(0x31c3);
    expect(hashSlot('')).toBe(0);
    expect(hashSlot('foo')).toBe(12182);
    expect(hashSlot('{user1000}.following')).toBe(hashSlot('user1000'));
    expect(hashSlot('foo{}{bar}')).toBe(8363);
    expect(hashSlot('foo{{bar}}zap')).toBe(hashSlot('{bar'));
    expect(hashSlot('foo{bar}{zap}')).toBe(hashSlot('bar'));
    expect(hashSlot('Åre')).toBe(hashSlot('x{Åre}y'));
  });

  it('are decided by braces only if something is between them', () => {
    expect(hasHashTag('{shop}')).toBe(true);
    expect(hasHashTag('eu-{shop}')).toBe(true);
    expect(['shop', '{}shop', '{shop', 'shop}'].some(hasHashTag)).toBe(false);
  });
});

describe('the tags of the protocol', () => {
  it('are 64 short words whose slots are 256 apart', () => {
    expect(CLUSTER_TAGS).toHaveLength(64);
    expect(CLUSTER_TAGS.every(tag => /^[a-z0-9]{2,4}$/.test(tag))).toBe(true);
    expect(CLUSTER_TAGS.map(hashSlot)).toEqual(
      CLUSTER_TAGS.map((_, i) => 256 * i + 128),
    );
  });

  it('are each the nearest to the slot of the names that they are given to', () => {
    for (const name of ['sync', 'nightly-export', 'acme.7', 'a'.repeat(200)]) {
      const distance = hashSlot(clusterTagOf(name)) - hashSlot(name);
      expect(Math.abs(distance)).toBeLessThanOrEqual(128);
    }
  });

  /** How far the fullest and the emptiest of some servers are from an even share, at most. */
  function unevenness(servers: number, name: (i: number) => string): number {
    const shares = new Array(servers).fill(0);
    for (let i = 0; i < 1000; i++) {
      const slot = hashSlot(`bull:{${clusterTagOf(name(i))}}:${name(i)}:meta`);
      shares[Math.floor(slot / Math.ceil(16_384 / servers))] += servers / 1000;
    }
    return Math.max(...shares.map(share => Math.abs(share - 1)));
  }

  it('[protocol.8] spread a thousand queues within 20 % of evenly over 3 and over 6 servers', () => {
    for (const servers of [3, 6]) {
      expect(unevenness(servers, i => `job-${i}`)).toBeLessThan(0.2);
    }
  });

  it('spread names of every form about as evenly as chance does', () => {
    const forms: Array<(i: number) => string> = [
      i => `billing-report-${String(i).padStart(4, '0')}`,
      i => `${['sync', 'export', 'purge'][i % 3]}-orders-${i}`,
      i => `queue${i * 7919}`,
      i => `acme.tenant_${i}:sync`,
    ];
    for (const form of forms) {
      expect(unevenness(3, form)).toBeLessThan(0.2);
      expect(unevenness(6, form)).toBeLessThan(0.3);
    }
  });
});
