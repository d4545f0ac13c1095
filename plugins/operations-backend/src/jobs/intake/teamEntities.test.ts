import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import checkinModule from '@craft-easy/backstage-plugin-operations-backend-module-checkin';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import {
  catalogServiceRef,
  type CatalogService,
} from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import request from 'supertest';
import { parse } from 'yaml';
import { startPortal, type TestPortal } from '../../__testUtils__/startPortal';

jest.setTimeout(60_000);

/** The entity that the documents show, as the catalog has read it from a file. */
function documented(): Entity {
  const page = readFileSync(
    resolve(__dirname, '../../../../../docs/checkin.md'),
    'utf8',
  );
  const [, block] = /^```yaml\n(# catalog-info.yaml\n[^]*?)^```$/m.exec(page)!;
  const entity: Entity = parse(block);
  entity.metadata.annotations!['backstage.io/managed-by-origin-location'] =
    'url:https://team.example/catalog-info.yaml';
  return entity;
}

describe('a job whose team has written its entity', () => {
  let portal: TestPortal;
  let entities = [documented()];
  const asked = jest.fn();
  const catalog = () => catalogServiceMock({ entities });
  let ahead = 0;
  const now = Date.now;

  beforeAll(async () => {
    portal = await startPortal({
      redis: {
        ...{ url: 'redis://127.0.0.1:1', namespace: 'none' },
        queuePrefix: 'none',
      },
      features: [
        checkinModule,
        createServiceFactory({
          service: catalogServiceRef,
          deps: {},
          factory: () =>
            ({
              getEntityFacets: (...given) =>
                catalog().getEntityFacets(...given),
              getEntities: async (...given) => {
                const found = await catalog().getEntities(...given);
                asked();
                return found;
              },
            } as CatalogService),
        }),
      ],
      config: {
        checkin: {
          subjects: [
            { subject: 'db-1', prefixes: ['db-'], owner: 'group:default/ops' },
            { subject: 'ops', owners: ['group:default/ops'] },
          ],
        },
      },
    });
  });
  afterAll(() => portal?.stop());
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  });
  afterEach(() => jest.restoreAllMocks());

  const report = (job: string, body: object, subject = 'db-1') =>
    request(portal.server)
      .post(`/api/operations/v1/checkin/${job}`)
      .set(
        'authorization',
        mockCredentials.service.header({
          onBehalfOf: mockCredentials.service(subject),
          targetPluginId: 'operations',
        }),
      )
      .send({ exitCode: 0, ...body });
  const jobOf = (name: string) =>
    portal.client().call('GET /jobs/:engine/:name', {
      params: { engine: 'checkin', name },
    });

  it('[checkin.1] gets owner, schedule and description from the entity at its first report, whatever that says', async () => {
    await report('db-backup', {
      ...{ schedule: 'every 10m', description: 'Of the line', firedBy: 'cron' },
    }).expect(200);
    expect(await jobOf('db-backup')).toMatchObject({
      entityRef: 'component:default/db-backup',
      owner: 'group:default/data',
      description: 'Dumps the database of orders to the vault',
      lifecycle: 'production',
      schedule: {
        ...{ cron: '15 2 * * *', timezone: 'Europe/Stockholm' },
        ...{ by: 'external', firedBy: 'cron' },
      },
    });
    const { items } = await portal.client().call('GET /catalog-jobs/details', {
      query: { id: ['checkin/db-backup'] },
    });
    expect(items).toEqual([
      expect.objectContaining({ entityRef: 'component:default/db-backup' }),
    ]);
  });

  it('[checkin.4] has the owner of the entity, which no token and no report changes', async () => {
    const given = await report('db-backup', { owner: 'group:default/ops' });
    expect([given.status, given.body.error.message]).toEqual([
      403,
      'The job db-backup belongs to group:default/data: a report cannot give it to group:default/ops',
    ]);
    await report('db-backup', {}, 'ops').expect(403);
  });

  it('[checkin.4] is there already, and is taken by the entity with its own owner alone', async () => {
    /** Reports once before and once after the catalog is read again. */
    const reportAfter = async (owner: string) => {
      const entity = documented();
      entity.metadata.name = 'db-dump';
      entity.metadata.annotations!['operations.craft-easy.io/job'] =
        'checkin/db-dump';
      entity.spec!.owner = owner;
      entities = [documented(), entity];
      ahead += 60_000;
      asked.mockClear();
      await report('db-dump', {}).expect(200);
      await until(() => asked.mock.calls.length > 0);
      await report('db-dump', {}).expect(200);
      const job = await jobOf('db-dump');
      return [job.owner, job.entityRef];
    };
    const made = 'component:default/db-dump.checkin';
    const written = 'component:default/db-dump';
    await report('db-dump', {}).expect(200);
    expect(await reportAfter('growth')).toEqual(['group:default/ops', made]);
    expect(await reportAfter('ops')).toEqual(['group:default/ops', written]);
    // whoever may change the entity of a job says whose it is
    expect(await reportAfter('data')).toEqual(['group:default/data', written]);
  });
});
