import { BlockList, SocketAddress } from 'node:net';
import ipaddr from 'ipaddr.js';
import {
  formatAddress,
  parseAddress,
  readClientAddress,
  type Address,
} from './address';
import { formatCidr, networkOf, parseCidr } from './cidr';
import type { OverrideSubject, RateLimitOverrideRecord } from './override';
import { firstInForce, OverrideTable } from './OverrideTable';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 1);

function override(
  id: string,
  subject: OverrideSubject,
  extra: Partial<RateLimitOverrideRecord> = {},
): RateLimitOverrideRecord {
  return {
    v: 1,
    id,
    revision: 1,
    subject,
    limit: { kind: 'multiplier', factor: 2 },
    startsAt: new Date(NOW - HOUR).toISOString(),
    endsAt: new Date(NOW + HOUR).toISOString(),
    ...extra,
  };
}

function tableOf(...records: RateLimitOverrideRecord[]): OverrideTable {
  const table = new OverrideTable();
  for (const record of records) table.update(record.id, record);
  return table;
}

const cidr = (text: string): OverrideSubject => ({ kind: 'cidr', cidr: text });

describe('OverrideTable', () => {
  const all = tableOf(
    override('wide', cidr('10.0.0.0/8')),
    override('narrow', cidr('10.1.0.0/16')),
    override('exact', { kind: 'ip', ip: '10.1.2.3' }),
    override('acme', { kind: 'tenant', tenant: 'acme' }),
  );
  const find = (table: OverrideTable, ip: string, tenant?: string, at = NOW) =>
    (
      (tenant && firstInForce(table.ofTenant(tenant), at)) ||
      firstInForce(table.ofAddress(parseAddress(ip)!), at)
    )?.id;

  it('prefers the tenant, then the exact address, then the longest prefix, then nothing', () => {
    expect(find(all, '10.1.2.3', 'acme')).toBe('acme');
    expect(find(all, '10.1.2.3', 'globex')).toBe('exact');
    expect(find(all, '10.1.2.4')).toBe('narrow');
    expect(find(all, '10.2.2.4')).toBe('wide');
    expect(find(all, '11.0.0.1')).toBeUndefined();
  });

  it('knows an IPv4 address by its bits, however it is spelled', () => {
    for (const spelled of [
      '::ffff:10.1.2.3',
      '::ffff:a01:203',
      '0:0:0:0:0:ffff:0a01:0203',
      '::FFFF:10.1.2.3',
    ]) {
      expect(find(all, spelled)).toBe('exact');
    }
  });

  it('honours an override from its first millisecond to the one before its end', () => {
    const table = tableOf(override('acme', { kind: 'tenant', tenant: 'acme' }));
    expect(find(table, '::1', 'acme', NOW - HOUR - 1)).toBeUndefined();
    expect(find(table, '::1', 'acme', NOW - HOUR)).toBe('acme');
    expect(find(table, '::1', 'acme', NOW + HOUR - 1)).toBe('acme');
    expect(find(table, '::1', 'acme', NOW + HOUR)).toBeUndefined();
  });

  it('lets a less specific override hold once a more specific one has ended', () => {
    const table = tableOf(
      override('narrow', cidr('10.1.0.0/16'), {
        endsAt: new Date(NOW).toISOString(),
      }),
      override('wide', cidr('10.0.0.0/8')),
    );
    expect(find(table, '10.1.2.3', undefined, NOW - 1)).toBe('narrow');
    expect(find(table, '10.1.2.3')).toBe('wide');
  });

  it('takes the youngest of several for one subject, and forgets what is taken out', () => {
    const table = tableOf(
      override('old', { kind: 'tenant', tenant: 'acme' }, { revision: 1 }),
      override('new', { kind: 'tenant', tenant: 'acme' }, { revision: 2 }),
    );
    expect(find(table, '::1', 'acme')).toBe('new');
    table.update('new', undefined);
    expect(find(table, '::1', 'acme')).toBe('old');
    table.update('old', undefined);
    expect(find(table, '::1', 'acme')).toBeUndefined();
    expect(table.ofTenant('acme')).toEqual([]);
  });

  it('[controls.2] a million random (address, rule set) pairs agree with ipaddr.js and with net.BlockList', () => {
    const random = seeded(20261124);
    const word = () => Math.floor(random() * 2 ** 32);
    const pick = <T>(list: readonly T[]): T =>
      list[Math.floor(random() * list.length)];
    const families = 500;
    const perFamily = 500;
    const setsPerFamily = 4;
    let pairs = 0;
    let matched = 0;
    for (let f = 0; f < families; f++) {
      const bases: Address[] = Array.from({ length: 3 }, () =>
        random() < 0.5
          ? { version: 4, words: [word()] }
          : { version: 6, words: [word(), word(), word(), word()] },
      );
      const addresses = Array.from({ length: perFamily }, (_, i) => {
        const address = near(pick(bases), random, word);
        const canonical = formatAddress(address);
        const spelled =
          address.version === 4 && i % 4 === 0
            ? `::ffff:${canonical}`
            : canonical;
        return {
          spelled,
          ours: parseAddress(spelled),
          ipaddr: ipaddr.process(spelled),
          socket: new SocketAddress({
            address: canonical,
            family: `ipv${address.version}`,
          }),
        };
      });
      for (let s = 0; s < setsPerFamily; s++) {
        const { table, oracles } = ruleSet(bases);
        for (const address of addresses) {
          const found = firstInForce(table.ofAddress(address.ours!), NOW)?.id;
          const byIpaddr = oracles.find(
            ({ network, prefix }) =>
              address.ipaddr.kind() === network.kind() &&
              (address.ipaddr as ipaddr.IPv6).match(
                network as ipaddr.IPv6,
                prefix,
              ),
          );
          const byBlockList = oracles.find(
            ({ family, list }) =>
              address.socket.family === family && list.check(address.socket),
          );
          if (found !== byIpaddr?.text || found !== byBlockList?.text) {
            throw new Error(
              `${address.spelled} against ${oracles.map(
                o => o.text,
              )}: ${found}, ipaddr.js ${byIpaddr?.text}, BlockList ${
                byBlockList?.text
              }`,
            );
          }
          pairs++;
          if (found) matched++;
        }
      }
    }
    expect(pairs).toBe(1_000_000);
    expect(matched).toBeGreaterThan(pairs / 4);
    expect(matched).toBeLessThan(pairs);

    /**
     * Six overrides round the same places, in our table and for the two others: the most specific
     * first, so that what they find first must hold.
     */
    function ruleSet(bases: Address[]) {
      const rules = new Map<string, { prefix: number; ip: boolean }>();
      for (let r = 0; r < 6; r++) {
        const base = pick(bases);
        const bits = base.version === 4 ? 32 : 128;
        if (random() < 0.15)
          rules.set(formatAddress(base), { prefix: bits, ip: true });
        else {
          const prefix = Math.floor(random() * (bits + 1));
          rules.set(formatCidr({ network: networkOf(base, prefix), prefix }), {
            prefix,
            ip: false,
          });
        }
      }
      const table = new OverrideTable();
      const oracles = [...rules].map(([text, { prefix, ip }]) => {
        table.update(
          text,
          override(text, ip ? { kind: 'ip', ip: text } : cidr(text)),
        );
        const [network] = text.split('/');
        const family = network.includes(':') ? 'ipv6' : 'ipv4';
        const list = new BlockList();
        list.addSubnet(network, prefix, family);
        return {
          text,
          rank: prefix + (ip ? 0.5 : 0),
          network: ipaddr.parse(network),
          prefix,
          list,
          family,
        };
      });
      return { table, oracles: oracles.sort((a, b) => b.rank - a.rank) };
    }
  }, 120_000);
});

describe('addresses and networks', () => {
  it('refuses what is not an address', () => {
    for (const text of [
      '',
      '1.2.3',
      '1.2.3.4.5',
      '01.2.3.4',
      '1.2.3.256',
      '1.2.3.-4',
      ' 1.2.3.4',
      '1:2:3',
      '::1::',
      'g::',
      '1:2:3:4:5:6:7:8:9',
      '12345::',
      '::1.2.3',
      '[::1]',
    ]) {
      expect(parseAddress(text)).toBeUndefined();
    }
  });

  it('[guarantees.7] reads the address of a client as connections, proxies and logs give it', () => {
    const random = seeded(11);
    const word = () => Math.floor(random() * 2 ** 32);
    for (let i = 0; i < 5_000; i++) {
      const port = Math.floor(random() * 65_536);
      const v4 = formatAddress({ version: 4, words: [word()] });
      const v6 = formatAddress({
        version: 6,
        words: [word(), word(), random() < 0.5 ? 0 : word(), word()],
      });
      for (const [text, address] of [
        [v4, v4],
        [`${v4}:${port}`, v4],
        [`::ffff:${v4}`, v4],
        [`::FFFF:${v4}:${port}`, v4],
        [`[::ffff:${v4}]:${port}`, v4],
        [v6, v6],
        [`${v6}%eth0`, v6],
        [`[${v6}]`, v6],
        [`[${v6.toUpperCase()}]:${port}`, v6],
        [`[${v6}%25eth0]:${port}`, v6],
        [`"[${v6}]:${port}"`, v6],
        [`  ${v6}\n`, v6],
      ]) {
        const read = readClientAddress(text);
        if (!read || formatAddress(read) !== address) {
          throw new Error(`${text} is read as ${read && formatAddress(read)}`);
        }
      }
    }
    for (const text of [
      ...['', ':80', '1.2.3.4:', '1.2.3.4:x', '1.2.3.4:123456', '[1.2.3.4]:80'],
      ...['[::1', '::1]', '[]:80', '[::1]80', 'localhost:80', 'unknown'],
      ...['203.0.113.7, 10.0.0.1', `[::1]${':'.repeat(200)}`],
    ]) {
      expect(readClientAddress(text)).toBeUndefined();
    }
  });

  it('refuses networks that are none, or partly IPv4-mapped', () => {
    for (const text of [
      '10.0.0.0',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/08',
      '::ffff:0:0/95',
      '10.0.0.0/',
      '/8',
      'fe80::%eth0/64',
    ]) {
      expect(parseCidr(text)).toBeUndefined();
    }
    expect(formatCidr(parseCidr('::ffff:10.0.0.0/104')!)).toBe('10.0.0.0/8');
    expect(formatCidr(parseCidr('2001:DB8:0:0:1::/64')!)).toBe('2001:db8::/64');
  });

  it('writes every address as ipaddr.js does', () => {
    const random = seeded(7);
    for (let i = 0; i < 20_000; i++) {
      const words = [0, 1, 2, 3].map(() =>
        random() < 0.4
          ? 0
          : Math.floor(random() * 2 ** 32) % (random() < 0.5 ? 65536 : 2 ** 32),
      );
      const address = {
        version: 6,
        words: words as [number, number, number, number],
      } as const;
      const text = formatAddress(address);
      expect(ipaddr.parse(text).toString()).toBe(text);
    }
  });
});

/** An address that shares a random number of leading bits with another. */
function near(
  base: Address,
  random: () => number,
  word: () => number,
): Address {
  const bits = base.version === 4 ? 32 : 128;
  const keep = random() < 0.1 ? bits : Math.floor(random() * (bits + 1));
  const kept = networkOf(base, keep);
  const words = kept.words.map((w, i) => {
    const own = Math.max(0, Math.min(32, keep - 32 * i));
    const noise = own === 32 ? 0 : word() % 2 ** (32 - own);
    return w + noise;
  });
  return { version: base.version, words } as unknown as Address;
}

/**
 * mulberry32: a small generator whose every bit is good enough for tests, so that a failure can be
 * repeated.
 */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state += 0x6d2b79f5;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
