import { mockServices } from '@backstage/backend-test-utils';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRegistration, ended } from '../__testUtils__/records';
import type { KnownKind } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Access } from '../permissions/Access';
import { JobAccess } from '../permissions/JobAccess';
import { TenantScope } from '../permissions/TenantScope';
import { DatabaseRunRecorder } from '../jobs/recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from '../jobs/registry/DatabaseJobRegistry';
import { KnownService, type KnownCaller } from './KnownService';
import { KnownStore } from './KnownStore';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const GYM = { 'operations.craft-easy.io/tenant': 'Gym-of-entity' };
const annotation = (name: string) => `metadata.annotations.${name}`;

describe.each(databases.eachSupportedId())('known names on %s', id => {
  async function create(
    requests: () => Promise<string[]>,
    entities: object[] = [
      { kind: 'Component', metadata: { name: 'x', annotations: GYM } },
    ],
  ) {
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
    const service = new KnownService({
      store: new KnownStore(knex),
      catalog: {
        // by name, a page of them, or those that a filter names exactly
        queryEntities: async (query: any) => {
          const exact = query.filter?.[Object.keys(GYM).map(annotation)[0]];
          const name = query.filter?.['metadata.name'];
          const { term } = query.fullTextFilter ?? {};
          const items = entities.filter(entity => {
            const text = JSON.stringify(entity).toLowerCase();
            if (exact) return text.includes(`"${exact.toLowerCase()}"`);
            if (name) return text.includes(`"name":"${name.toLowerCase()}"`);
            return !term || text.includes(term.toLowerCase());
          });
          return { items: items.slice(0, query.limit) } as any;
        },
      },
      requestingTenants: requests,
      logger: mockServices.logger.mock(),
    });
    return (
      search?: string,
      access?: Partial<Access>,
      kind: KnownKind = 'tenant',
    ) =>
      service.names(kind, search, {
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

  it('[truth.13] are found in a catalog with more of them than are read, and contain what was typed', async () => {
    const [[key]] = Object.entries(GYM);
    const many = Array.from({ length: 200 }, (_, i) => i).flatMap(i => [
      {
        kind: 'Component',
        metadata: { name: 'x', annotations: { [key]: `gym-${i}` } },
      },
      { kind: 'Group', metadata: { name: `gym-${i}` } },
    ]);
    const names = await create(
      async () => [],
      [
        ...many,
        {
          kind: 'Component',
          metadata: { name: 'x', annotations: { [key]: 'gym' } },
        },
        { kind: 'Group', metadata: { name: 'gym' } },
        {
          kind: 'User',
          metadata: { name: 'ada' },
          spec: { profile: { displayName: 'Countess Lovelace' } },
        },
      ],
    );
    const first = async (kind: KnownKind, search: string) => {
      const { items } = await names(search, {}, kind);
      return items[0]?.name;
    };
    expect(await first('tenant', 'gym')).toBe('gym');
    expect(await first('owner', 'group:default/gym')).toBe('group:default/gym');
    expect(await first('owner', 'lovelace')).toBe('user:default/ada');
    expect(await first('owner', 'group:sales/gym')).toBeUndefined();
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
