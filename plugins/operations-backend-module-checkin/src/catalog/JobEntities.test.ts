import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { chooseEntity } from './chooseEntity';
import { JobEntities } from './JobEntities';
import type { TeamEntity } from './teamEntity';

const ORIGIN = 'backstage.io/managed-by-origin-location';

function anEntity(
  name: string,
  job: string | undefined,
  more: { origin?: string; annotations?: object; spec?: object } = {},
): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      ...{ name, namespace: 'default', description: `Does ${name}` },
      annotations: {
        [ORIGIN]: more.origin ?? 'url:https://team.example/catalog-info.yaml',
        ...(job && { 'operations.craft-easy.io/job': job }),
        ...more.annotations,
      },
    },
    spec: { type: 'batch-job', owner: 'Data', ...more.spec },
  };
}

/** A catalog, a clock, and what was logged. */
function setUp(entities: Entity[], waitMs?: number) {
  const catalog = catalogServiceMock({ entities });
  const logged: string[] = [];
  const clock = { now: 0 };
  const calls = {
    getEntities: jest.fn(catalog.getEntities.bind(catalog)),
    getEntityFacets: jest.fn(catalog.getEntityFacets.bind(catalog)),
  };
  const jobs = new JobEntities({
    catalog: calls as never,
    auth: mockServices.auth(),
    logger: {
      info: text => logged.push(text),
      warn: text => logged.push(text),
    },
    now: () => clock.now,
    waitMs,
  });
  return { jobs, calls, clock, logged };
}

describe('entities that teams write for jobs', () => {
  it('[checkin.1] are read with owner, schedule and description, and those that the portal makes are not', async () => {
    const { jobs, logged } = setUp([
      anEntity('db-backup', 'checkin/backup', {
        annotations: {
          'operations.craft-easy.io/schedule': '15 2 * * *',
          'operations.craft-easy.io/timezone': 'Europe/Stockholm',
        },
        spec: { lifecycle: 'production', system: 'orders' },
      }),
      anEntity('made.checkin', 'checkin/made', {
        origin: 'operations:checkin/made',
      }),
      anEntity('rollup', 'bullmq/rollup'),
      anEntity('odd', 'checkin/odd', {
        annotations: { 'operations.craft-easy.io/schedule': 'nightly' },
      }),
      anEntity('service', undefined),
      anEntity('nobodys', 'checkin/nobodys', { spec: { owner: 'a:/b/c' } }),
    ]);
    const known = (await jobs.known())!;
    expect([...known.keys()].sort()).toEqual(['backup', 'nobodys', 'odd']);
    expect(known.get('backup')).toEqual([
      {
        entityRef: 'component:default/db-backup',
        owner: 'group:default/data',
        description: 'Does db-backup',
        ...{ lifecycle: 'production', system: 'orders', tags: [] },
        ...{ schedule: '15 2 * * *', timezone: 'Europe/Stockholm' },
      },
    ]);
    expect(known.get('odd')![0]).not.toHaveProperty('schedule');
    expect(known.get('nobodys')![0]).not.toHaveProperty('owner');
    expect(logged.sort()).toEqual([
      "The owner of component:default/nobodys is no entity's name",
      expect.stringMatching(
        /^The schedule of component:default\/odd is not used: schedule: /,
      ),
    ]);
  });

  it('are read once a minute, however many reports come, and stay as they were while the catalog is away', async () => {
    const { jobs, calls, clock, logged } = setUp([
      anEntity('db-backup', 'checkin/backup'),
    ]);
    for (let i = 0; i < 100; i += 1) await jobs.known();
    expect(calls.getEntities).toHaveBeenCalledTimes(1);
    calls.getEntityFacets.mockRejectedValue(new Error('503'));
    for (let i = 0; i < 5; i += 1) {
      clock.now += 60_000;
      expect((await jobs.known())?.size).toBe(1);
    }
    expect(logged).toEqual([expect.stringContaining('stay as they were')]);
  });

  it('hold no report up where the catalog never answers', async () => {
    const { jobs, calls } = setUp([], 1);
    calls.getEntityFacets.mockReturnValue(new Promise(() => {}));
    expect(await jobs.known()).toBeUndefined();
    expect(await jobs.known()).toBeUndefined();
  });
});

describe('the entity of a job', () => {
  const ours: TeamEntity = {
    ...{ entityRef: 'component:default/a', owner: 'group:default/data' },
    tags: [],
  };
  const theirs: TeamEntity = {
    ...{ entityRef: 'component:default/b', owner: 'group:default/growth' },
    tags: [],
  };
  it.each([
    ['the only one, of a new job', [theirs], undefined, theirs],
    ['none of two, of a new job', [ours, theirs], undefined, undefined],
    [
      'the one with the same owner',
      [ours, theirs],
      { owner: 'group:default/Data' },
      ours,
    ],
    [
      'none with another owner',
      [theirs],
      { owner: 'group:default/data' },
      undefined,
    ],
    [
      'the one that it has, whose owner changed',
      [ours, theirs],
      { owner: 'group:default/old', entityRef: 'component:default/b' },
      theirs,
    ],
  ])('[checkin.4] is %s', (_, candidates, known, wanted) => {
    expect(chooseEntity(candidates, known)).toBe(wanted);
  });
});
