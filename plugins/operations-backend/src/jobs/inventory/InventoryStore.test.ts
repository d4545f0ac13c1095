import { jobsQuerySchema } from '@craft-easy/backstage-plugin-operations-common/internal';
import { JobAccess } from '../../permissions/JobAccess';
import { createTestDatabases } from '../../__testUtils__/databases';
import { aRegistration } from '../../__testUtils__/records';
import { DatabaseJobRegistry } from '../registry/DatabaseJobRegistry';
import { InventoryStore } from './InventoryStore';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const everything = new JobAccess(true);

describe.each(databases.eachSupportedId())('the inventory on %s', id => {
  let store: InventoryStore;
  const list = (query: Record<string, unknown>, access = everything) =>
    store.list(jobsQuerySchema.parse(query), access);
  const countOf = async (query: Record<string, unknown>, access = everything) =>
    (await list(query, access)).facets.tenant.find(t => t.value === 'acme')
      ?.count;

  beforeAll(async () => {
    const knex = await databases.init(id, 'jobs');
    store = new InventoryStore(knex);
    const many = Array.from({ length: 700 }, (_, i) => `tenant-${i}`);
    const job = (name: string, tenants: string[], owner: string) =>
      aRegistration({ name, owner, tags: [], tenantScoped: true, tenants });
    await new DatabaseJobRegistry(knex).syncRegistrations(
      [
        job('mail-a', ['acme', ...many], 'group:default/mail'),
        job('mail-b', many, 'group:default/mail'),
        job('mail-c', many, 'group:default/mail'),
        job('mail-d', ['acme'], 'group:default/billing'),
        job('export', ['acme', 'globex'], 'group:default/billing'),
      ].map(registration => ({ registration, seenAt: NOW })),
      NOW,
    );
  });

  it('counts per tenant the jobs that a search has found', async () => {
    expect(await countOf({ search: 'export' })).toBe(1);
    expect(await countOf({ search: 'nothing like it' })).toBeUndefined();
  });

  it('counts all jobs of a tenant where a search leaves too many pairs of job and tenant to be counted', async () => {
    expect(await countOf({ search: 'mail' })).toBe(3);
  });

  it('goes by the jobs that are left when other filters take some away', async () => {
    const owner = ['group:default/billing'];
    expect(await countOf({ search: 'mail', owner })).toBe(1);
    expect(await countOf({ search: 'mail', status: ['never'] })).toBe(3);
  });

  it('counts to the end for who may see a part only', async () => {
    const some = new JobAccess({ kind: 'tenant', values: ['acme'] });
    expect(await countOf({ search: 'mail' }, some)).toBe(2);
  });
});
