import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  protocolKeys,
  type ProtocolKeys,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { Redis } from 'ioredis';
import { executeScript } from '../redis/script';
import {
  claimSlot,
  releaseTenantLock,
  takeGrant,
  takeTenantLock,
} from './scripts';

const SLOT = 1_000;
const TTL_MS = 60_000;

/** What Redis alone answers, whichever process asks: none remembers anything here. */
describe('in Redis', () => {
  let server: TestRedis;
  let redis: Redis;
  let keys: ProtocolKeys;

  beforeEach(async () => {
    server = await getTestRedis();
    redis = server.client();
    keys = protocolKeys(server.namespace);
  });
  afterEach(() => server.close());

  const claim = (slot: number, execution: string, tenants: string[] = []) => {
    const [runId, executionId] = execution.split('/');
    return executeScript(
      redis,
      claimSlot,
      [
        keys.slot('ledger', slot, ''),
        keys.lastSlot('ledger'),
        keys.grants('ledger', slot),
      ],
      [slot, runId, executionId, TTL_MS, ...tenants],
    );
  };
  const take = (
    slot: number,
    tenant: string,
    execution: string,
    onlyNewest = true,
  ) => {
    const [runId, executionId] = execution.split('/');
    return executeScript(
      redis,
      takeGrant,
      [
        keys.slot('ledger', slot, tenant),
        keys.slot('ledger', slot, ''),
        keys.lastSlot('ledger'),
        keys.grants('ledger', slot),
      ],
      [
        slot,
        runId,
        executionId,
        TTL_MS,
        tenant,
        `dispatch-${slot}`,
        onlyNewest ? 1 : 0,
      ],
    );
  };

  it('[protocol.4] a slot is claimed by one execution, which may ask again', async () => {
    expect(await claim(SLOT, 'run/1')).toBe('claimed');
    expect(await claim(SLOT, 'run/1')).toBe('claimed');
    expect(await claim(SLOT, 'run/2')).toBe('again');
    expect(await claim(SLOT, 'another/1')).toBe('taken');
  });

  it('[protocol.4] a slot is past once a newer one was claimed, also one that nobody claimed', async () => {
    await claim(SLOT, 'run/1');
    expect(await claim(SLOT - 1, 'older/1')).toBe('past');
    expect(await claim(SLOT + 1, 'newer/1')).toBe('claimed');
    await redis.del(keys.slot('ledger', SLOT, ''));
    expect(await claim(SLOT, 'run/1')).toBe('past');
  });

  it("[protocol.4] a tenant's run takes its grant once, for one execution", async () => {
    await claim(SLOT, `dispatch-${SLOT}/1`, ['acme', 'globex']);
    expect(await take(SLOT, 'initech', 'run/1')).toBe('no');
    expect(await take(SLOT, 'acme', 'run/1')).toBe('claimed');
    expect(await take(SLOT, 'acme', 'run/1')).toBe('claimed');
    expect(await take(SLOT, 'acme', 'run/2')).toBe('again');
    expect(await take(SLOT, 'acme', 'another/1')).toBe('taken');
    await redis.del(keys.slot('ledger', SLOT, 'acme'));
    expect(await take(SLOT, 'acme', 'run/1')).toBe('no');
  });

  it('[protocol.4] a grant is worth nothing without the dispatch that claimed its slot', async () => {
    await redis.sadd(keys.grants('ledger', SLOT), 'acme');
    await redis.set(keys.lastSlot('ledger'), SLOT);
    expect(await take(SLOT, 'acme', 'run/1')).toBe('no');
    await redis.set(keys.slot('ledger', SLOT, ''), 'somebody 1');
    expect(await take(SLOT, 'acme', 'run/1')).toBe('no');
  });

  it('[protocol.4] a grant is past once a newer slot was dispatched, where only the newest may start', async () => {
    await claim(SLOT, `dispatch-${SLOT}/1`, ['acme']);
    await claim(SLOT + 1, `dispatch-${SLOT + 1}/1`, ['acme']);
    expect(await take(SLOT, 'acme', 'run/1')).toBe('past');
    expect(await take(SLOT, 'acme', 'run/1', false)).toBe('claimed');
  });

  it('a tenant has one lock, of the run that took it, until that run releases it', async () => {
    const key = keys.tenantLock('export', 'acme');
    const lock = (run: string) =>
      executeScript(redis, takeTenantLock, [key], [run, TTL_MS]);
    const release = (run: string) =>
      executeScript(redis, releaseTenantLock, [key], [run]);
    expect(await lock('one')).toBe(1);
    expect(await lock('one')).toBe(1);
    expect(await lock('two')).toBe(0);
    await release('two');
    expect(await lock('two')).toBe(0);
    await release('one');
    expect(await lock('two')).toBe(1);
  });
});
