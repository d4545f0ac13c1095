import { mockServices } from '@backstage/backend-test-utils';
import { FieldFormatEntityPolicy } from '@backstage/catalog-model';
import type { EntityProviderMutation } from '@backstage/plugin-catalog-node';
import type { EventParams } from '@backstage/plugin-events-node';
import {
  DEFAULT_ENTITY_NAMING,
  type CatalogJob,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { jobEntity } from './jobEntity';
import { OperationsEntityProvider } from './OperationsEntityProvider';

function aJob(name: string, given: Partial<CatalogJob> = {}): CatalogJob {
  const engine = given.engine ?? 'bullmq';
  return {
    ...{ id: `${engine}/${name}`, version: '1', engine, name, queue: name },
    ...{ description: `Does ${name}`, tags: [], links: [] },
    ...{ declared: true, registered: true, owner: 'group:default/finance' },
    ...given,
  };
}

const DEFAULTS = {
  ...{ owner: 'group:default/platform', lifecycle: 'production' },
  naming: DEFAULT_ENTITY_NAMING,
};

/** The Operations backend, the catalog and the events between them, in memory. */
async function aCatalog() {
  const jobs = new Map<string, CatalogJob>();
  const mutations: EntityProviderMutation[] = [];
  const asked: string[][] = [];
  const state = {
    away: false,
    /** jobs whose entities the catalog has from their teams */
    teams: new Set<string>(),
  };
  let publishEvent: (() => Promise<void>) | undefined;
  let tick: (() => Promise<void>) | undefined;
  const provider = new OperationsEntityProvider({
    defaults: DEFAULTS,
    logger: mockServices.logger.mock(),
    catalog: {
      // has whatever it was sent
      origins: async () =>
        new Set([...jobs.keys()].map(id => `operations:${id}`)),
      taken: async () => new Set(),
      annotated: async named =>
        new Set(named.map(({ id }) => id).filter(id => state.teams.has(id))),
    },
    source: {
      async versions() {
        if (state.away) throw new Error('503');
        return new Map([...jobs.values()].map(j => [j.id, j.version]));
      },
      async details(ids) {
        asked.push(ids);
        return ids.flatMap(id => jobs.get(id) ?? []);
      },
    },
    events: mockServices.events.mock({
      subscribe: async options => {
        publishEvent = () => options.onEvent({} as EventParams);
      },
    }),
    schedule: {
      run: jest.fn(async ({ fn }) => {
        tick = async () => fn(new AbortController().signal);
      }),
    },
  });
  await provider.connect({
    applyMutation: async mutation => {
      mutations.push(mutation);
    },
    refresh: async () => {},
  });
  return {
    ...{ jobs, mutations, asked, state },
    put: (...list: CatalogJob[]) => list.forEach(j => jobs.set(j.id, j)),
    publishEvent: () => publishEvent!(),
    tick: () => tick!(),
  };
}

const refs = (mutation: EntityProviderMutation) =>
  mutation.type === 'full'
    ? mutation.entities.map(e => e.entity.metadata.name)
    : {
        added: mutation.added.map(e => e.entity.metadata.name),
        removed: mutation.removed.map(e =>
          'entityRef' in e ? e.entityRef : '',
        ),
      };

describe('the entity provider of jobs', () => {
  it('[jobs.10] sends all once, and then what changes, on an event and on its own schedule', async () => {
    const catalog = await aCatalog();
    catalog.put(aJob('a'), aJob('b'));
    await catalog.tick();
    await catalog.tick();
    catalog.put(aJob('b', { version: '2' }), aJob('c'));
    await catalog.publishEvent();
    catalog.jobs.delete('bullmq/a');
    await catalog.tick();
    expect(catalog.mutations.map(refs)).toEqual([
      ['a', 'b'],
      { added: ['b', 'c'], removed: [] },
      { added: [], removed: ['component:default/a'] },
    ]);
    expect(catalog.asked[1]).toEqual(['bullmq/b', 'bullmq/c']);
  });

  it('removes nothing when the backend cannot be asked, or has nothing yet', async () => {
    const catalog = await aCatalog();
    await catalog.tick();
    catalog.put(aJob('a'));
    await catalog.tick();
    catalog.state.away = true;
    await catalog.tick();
    await catalog.publishEvent();
    catalog.state.away = false;
    await catalog.tick();
    expect(catalog.mutations.map(refs)).toEqual([['a']]);
  });

  it('[jobs.10] keeps a job that nobody announces any more, and marks it', async () => {
    const catalog = await aCatalog();
    catalog.put(aJob('a', { lifecycle: 'production' }));
    await catalog.tick();
    catalog.put(aJob('a', { version: '2', registered: false }));
    await catalog.publishEvent();
    const [, delta] = catalog.mutations;
    expect(delta).toMatchObject({
      type: 'delta',
      removed: [],
      added: [
        {
          entity: {
            metadata: {
              tags: ['retired'],
              annotations: { 'operations.craft-easy.io/registered': 'false' },
            },
            spec: { lifecycle: 'retired' },
          },
        },
      ],
    });
  });

  it('[checkin.1] makes no entity of a job that a team has written one for, as long as that is there', async () => {
    const catalog = await aCatalog();
    const entityRef = 'component:default/backup';
    catalog.put(aJob('a', { entityRef }), aJob('b'), aJob('c', { entityRef }));
    catalog.state.teams.add('bullmq/a');
    await catalog.tick();
    catalog.put(aJob('b', { version: '2', entityRef }));
    catalog.state.teams.add('bullmq/b');
    await catalog.tick();
    catalog.state.teams.clear();
    catalog.state.teams.add('bullmq/c');
    await catalog.tick();
    expect(catalog.mutations.map(refs)).toEqual([
      ['b', 'c'],
      { added: [], removed: ['component:default/b'] },
      { added: ['a', 'b'], removed: ['component:default/c'] },
    ]);
  });

  it('keeps jobs of one name on two engines apart', async () => {
    const catalog = await aCatalog();
    catalog.put(aJob('export'), aJob('export', { engine: 'protocol' }));
    await catalog.tick();
    expect(refs(catalog.mutations[0])).toEqual(['export', 'export.protocol']);
  });

  it('loses no change that comes while it looks', async () => {
    const catalog = await aCatalog();
    catalog.put(aJob('a'));
    const first = catalog.tick();
    catalog.put(aJob('b'));
    await Promise.all([first, catalog.publishEvent()]);
    expect(catalog.mutations.map(refs)).toEqual([
      ['a'],
      { added: ['b'], removed: [] },
    ]);
  });
});

describe('the entity of a job', () => {
  it('says what the job says of itself', () => {
    const entity = jobEntity(
      aJob('daily-mrr-rollup', {
        title: 'MRR roll-up',
        system: 'billing',
        lifecycle: 'experimental',
        tags: ['billing'],
        links: [{ title: 'Runbook', url: 'https://example.org/mrr' }],
      }),
      DEFAULTS,
    );
    expect(entity).toEqual({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name: 'daily-mrr-rollup',
        namespace: 'default',
        title: 'MRR roll-up',
        description: 'Does daily-mrr-rollup',
        tags: ['billing'],
        links: [{ title: 'Runbook', url: 'https://example.org/mrr' }],
        annotations: {
          'backstage.io/managed-by-location':
            'operations:bullmq/daily-mrr-rollup',
          'backstage.io/managed-by-origin-location':
            'operations:bullmq/daily-mrr-rollup',
          'operations.craft-easy.io/job': 'bullmq/daily-mrr-rollup',
        },
      },
      spec: {
        type: 'batch-job',
        lifecycle: 'experimental',
        owner: 'group:default/finance',
        system: 'billing',
      },
    });
  });

  it('is valid whatever tags a job has, and owned where it names no owner', async () => {
    const entity = jobEntity(
      aJob('odd', {
        owner: undefined,
        description: '',
        declared: false,
        tags: [
          'Nightly Jobs',
          '--',
          'ÅÄÖ',
          'c++',
          'x'.repeat(80),
          'nightly jobs',
        ],
      }),
      DEFAULTS,
    );
    expect(entity.metadata.tags).toEqual([
      'nightly-jobs',
      'c++',
      'x'.repeat(63),
    ]);
    const policy = new FieldFormatEntityPolicy();
    await expect(policy.enforce(entity)).resolves.toEqual(entity);
    expect(entity.spec.owner).toBe('group:default/platform');
    expect(entity.metadata.description).toMatch(/seen on the queue odd/);
  });
});
