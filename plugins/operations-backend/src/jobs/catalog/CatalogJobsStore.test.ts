import { jobRegistrationSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { JobAccess } from '../../permissions/JobAccess';
import { createTestDatabases } from '../../__testUtils__/databases';
import { DatabaseJobRegistry } from '../registry/DatabaseJobRegistry';
import { CatalogJobsStore } from './CatalogJobsStore';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const everything = new JobAccess(true);

const announced = (name: string, given: object = {}) => ({
  seenAt: Date.now(),
  registration: jobRegistrationSchema.parse({
    ...{ v: 1, engine: 'bullmq', name, queue: name },
    ...{ owner: 'group:default/Finance', tags: ['money'], system: 'billing' },
    registeredAt: new Date().toISOString(),
    ...given,
  }),
});

describe.each(databases.eachSupportedId())('jobs for the catalog, %s', id => {
  it('have versions that change with what an entity shows, and with nothing else', async () => {
    const knex = await databases.init(id);
    const registry = new DatabaseJobRegistry(knex);
    const store = new CatalogJobsStore(knex);
    const versions = async () =>
      new Map(
        (await store.versions(everything, undefined, 5000)).items.map(v => [
          v.id,
          v.version,
        ]),
      );

    await registry.syncRegistrations(
      [announced('a'), announced('b')],
      Date.now(),
    );
    const first = await versions();
    expect([...first.keys()]).toEqual(['bullmq/a', 'bullmq/b']);

    await registry.syncRegistrations(
      [announced('a'), announced('b')],
      Date.now(),
    );
    expect(await versions()).toEqual(first);

    await registry.syncRegistrations(
      [announced('a', { description: 'new' })],
      Date.now(),
    );
    const second = await versions();
    expect(second.get('bullmq/a')).not.toBe(first.get('bullmq/a'));
    expect(second.get('bullmq/b')).not.toBe(first.get('bullmq/b'));

    const details = await store.details(everything, [
      'bullmq/a',
      'bullmq/b',
      'bullmq/c',
    ]);
    expect(details).toEqual([
      expect.objectContaining({
        ...{
          id: 'bullmq/a',
          owner: 'group:default/Finance',
          system: 'billing',
        },
        ...{ tags: ['money'], registered: true, description: 'new' },
        version: second.get('bullmq/a'),
      }),
      expect.objectContaining({
        id: 'bullmq/b',
        registered: false,
        declared: true,
      }),
    ]);
  });

  it('are paged by id, and are those that the caller may see', async () => {
    const knex = await databases.init(id);
    const registry = new DatabaseJobRegistry(knex);
    const store = new CatalogJobsStore(knex);
    await registry.syncRegistrations(
      ['a', 'b', 'c'].map(n => announced(n)),
      Date.now(),
    );

    const page = await store.versions(everything, undefined, 2);
    expect(page.nextAfter).toBe('bullmq/b');
    const rest = await store.versions(everything, page.nextAfter, 2);
    expect(rest.items.map(v => v.id)).toEqual(['bullmq/c']);
    expect(rest.nextAfter).toBeUndefined();

    const nothing = new JobAccess(false);
    expect((await store.versions(nothing, undefined, 2)).items).toEqual([]);
    expect(await store.details(nothing, ['bullmq/a'])).toEqual([]);
  });
});
