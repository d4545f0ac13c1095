import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { createTestDatabases } from '../__testUtils__/databases';
import type { Access } from '../permissions/Access';
import { JobAccess } from '../permissions/JobAccess';
import { TenantScope } from '../permissions/TenantScope';
import { Acknowledgements } from './Acknowledgements';
import { AttentionService } from './AttentionService';
import { AttentionStore } from './AttentionStore';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const T0 = Date.parse('2026-11-24T08:00:00Z');
const SOURCE = { id: 'flags', permission: 'operations.flag.read' };

const fact = (permission: string): AttentionFact => ({
  ...{ key: permission, permission, kind: 'any', severity: 'high' },
  title: `Needs ${permission}`,
  subject: { kind: 'flag', ref: 'x', title: 'x' },
  since: new Date(T0),
  place: { kind: 'page', page: 'flags' },
});

describe.each(databases.eachSupportedId())('attention on %s', id => {
  it('shows no item of a permission that nobody was asked for, though it was added while the list was read', async () => {
    const knex = await databases.init(id, 'attention');
    const store = new AttentionStore(knex);
    const service = new AttentionService(
      store,
      new Acknowledgements(knex),
      [{ ...SOURCE, getFacts: async () => [] }],
      knex,
      () => T0,
    );
    const denied = fact('operations.flag.toggle');
    const known = store.permissions.bind(store);
    jest.spyOn(store, 'permissions').mockImplementation(async () => {
      const names = await known();
      await store.reconcile(SOURCE.id, [fact(SOURCE.permission), denied], T0);
      return names;
    });
    const list = async () => {
      const { items } = await service.list({ limit: 50 }, {
        jobs: async () => new JobAccess(true),
        tenants: async () => TenantScope.everything,
        has: async ({ name }: { name: string }) => name !== denied.permission,
      } as Partial<Access> as Access);
      return items.map(item => item.title);
    };
    expect(await list()).toEqual([]);
    // known by now
    expect(await list()).toEqual([`Needs ${SOURCE.permission}`]);
  });
});
