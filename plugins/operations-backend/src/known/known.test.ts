import { mockServices } from '@backstage/backend-test-utils';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRegistration, ended } from '../__testUtils__/records';
import type { Access } from '../permissions/Access';
import { JobAccess } from '../permissions/JobAccess';
import { TenantScope } from '../permissions/TenantScope';
import { DatabaseRunRecorder } from '../jobs/recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from '../jobs/registry/DatabaseJobRegistry';
import { KnownService, type KnownCaller } from './KnownService';
import { KnownStore } from './KnownStore';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('known names on %s', id => {
  async function create(requests: () => Promise<string[]>) {
    const knex = await databases.init(id);
    const now = Date.now();
    await new DatabaseJobRegistry(knex).syncRegistrations(
      [{ registration: aRegistration({ name: 'mail' }), seenAt: now }],
      now,
    );
    await new DatabaseRunRecorder(knex).record(
      ['nordic-gym', 'alpine-spa'].map(tenant =>
        ended({
          ...{ id: tenant, job: 'mail', tenant },
          startedAt: new Date(now).toISOString(),
        }),
      ),
    );
    const annotations = { 'operations.craft-easy.io/tenant': 'Gym-of-entity' };
    const entity = { kind: 'Component', metadata: { name: 'x', annotations } };
    const service = new KnownService({
      store: new KnownStore(knex),
      catalog: {
        queryEntities: async () => ({ items: [entity] } as any),
      },
      requestingTenants: requests,
      logger: mockServices.logger.mock(),
    });
    return (search?: string, access?: Partial<Access>) =>
      service.names('tenant', search, {
        access: {
          jobs: async () => new JobAccess(true),
          tenants: async () => TenantScope.everything,
          has: async () => true,
          ...access,
        } as Access,
        credentials: {} as KnownCaller['credentials'],
      });
  }

  it('[truth.13] are those of jobs, requests and entities that contain what was typed, the same one first', async () => {
    const names = await create(async () => ['a-gym', 'nordic-gym', 'zoo']);
    const { items, away } = await names('nordic-gym');
    expect(items[0]).toEqual({
      name: 'nordic-gym',
      seenIn: ['jobs', 'requests'],
    });
    expect((await names('GYM')).items.map(item => item.name)).toEqual([
      'a-gym',
      'Gym-of-entity',
      'nordic-gym',
    ]);
    expect((await names('nordic-gim')).items).toEqual([]);
    expect(away).toEqual([]);
  });

  it('[truth.13] hold nothing that the caller may not see', async () => {
    const names = await create(async () => ['nordic-gym']);
    const { items } = await names('nordic', {
      jobs: async () => new JobAccess(false),
      tenants: async () => TenantScope.nothing,
      has: async () => false,
    });
    expect(items).toEqual([]);
  });

  it('[truth.13] say what could not be asked', async () => {
    const names = await create(async () => {
      throw new Error('Redis is away');
    });
    const { items, away } = await names('nordic-gym');
    expect(items).toEqual([{ name: 'nordic-gym', seenIn: ['jobs'] }]);
    expect(away).toEqual(['requests']);
  });
});
