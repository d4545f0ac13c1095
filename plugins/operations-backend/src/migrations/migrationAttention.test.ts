import { ConfigReader } from '@backstage/config';
import type { MigrationReading } from '@craft-easy/backstage-plugin-operations-node';
import { migrationReportSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { MigrationReportInput } from '@craft-easy/backstage-plugin-operations-protocol';
import { createTestDatabases } from '../__testUtils__/databases';
import { createMigrationAttention } from './migrationAttention';
import { MigrationsService } from './MigrationsService';
import { ReportStore } from './ReportStore';

jest.setTimeout(60_000);

const MINUTE = 60_000;
const databases = createTestDatabases();

describe.each(databases.eachSupportedId())(
  'attention to migrations on %s',
  id => {
    let now: number;
    let readings: MigrationReading[];
    let facts: () => Promise<Array<{ kind: string; severity: string }>>;
    let service: MigrationsService;

    beforeEach(async () => {
      now = Date.parse('2026-11-24T08:00:00Z');
      readings = [];
      service = new MigrationsService(
        new ReportStore(await databases.init(id, 'migrations')),
        [{ id: 'knex', read: async () => readings }],
        () => now,
      );
      const config = new ConfigReader({
        operations: { migrations: { pendingTooLongMinutes: 20 } },
      });
      const source = createMigrationAttention(service, config);
      facts = () =>
        source.getFacts({
          now: new Date(now),
          signal: AbortSignal.timeout(1_000),
        });
    });

    const reading = (more: Partial<MigrationReading>): MigrationReading => ({
      component: 'billing',
      environment: 'production',
      tool: 'knex',
      applied: ['1_a.js'],
      files: ['1_a.js'],
      ...more,
    });
    const report = (more: Partial<MigrationReportInput> = {}) => {
      const said: MigrationReportInput = {
        ...{ v: 1, component: 'tenant-api', version: '1.8.3', instance: 'a' },
        at: new Date(now).toISOString(),
        everyMs: 5_000,
        init: { state: 'initialised' },
        ...more,
      };
      return service.report(migrationReportSchema.parse(said));
    };

    it('asks for somebody at once when a component failed, with why and where to look', async () => {
      await report({ init: { state: 'failed', error: 'no disk' } });
      expect(await facts()).toEqual([
        {
          key: 'reports/production/tenant-api/failed',
          kind: 'migration-failed',
          severity: 'critical',
          title: 'tenant-api in production failed',
          words: {
            title: {
              code: 'migration-failed',
              values: { component: 'tenant-api', environment: 'production' },
            },
          },
          detail: 'Initialising failed: no disk',
          subject: {
            kind: 'component',
            ref: 'production/tenant-api',
            title: 'tenant-api',
          },
          since: new Date(now),
          place: {
            kind: 'migrations',
            source: 'reports',
            environment: 'production',
            component: 'tenant-api',
          },
        },
      ]);
      now += 1;
      await report();
      expect(await facts()).toEqual([]);
    });

    it('asks for somebody at once when the database was migrated by other code', async () => {
      await report({
        migrations: {
          ...{ tool: 'beanie', current: 'of_a_branch', files: ['1_a'] },
        },
      });
      expect(await facts()).toMatchObject([
        { kind: 'migration-diverged', severity: 'high' },
      ]);
    });

    it('lets migrations be pending for as long as it takes to run them, and no longer', async () => {
      readings = [reading({ files: ['1_a.js', '2_b.js'] })];
      expect(await facts()).toEqual([]);
      now += 19 * MINUTE;
      expect(await facts()).toEqual([]);
      now += 2 * MINUTE;
      expect(await facts()).toMatchObject([
        { kind: 'migration-pending', severity: 'normal' },
      ]);
    });

    it('lets a lock be held for a quarter of an hour, and asks for nobody where nothing is known', async () => {
      readings = [
        reading({ lock: {} }),
        reading({ component: 'dead', unknown: 'It cannot be read' }),
      ];
      expect(await facts()).toEqual([]);
      now += 16 * MINUTE;
      expect(await facts()).toMatchObject([
        { kind: 'migration-locked', severity: 'high' },
      ]);
    });

    it('asks for somebody when an instance has been silent for five minutes', async () => {
      await report();
      now += MINUTE;
      expect(await facts()).toEqual([]);
      now += 6 * MINUTE;
      expect(await facts()).toMatchObject([
        { kind: 'migration-silent', severity: 'normal' },
      ]);
    });
  },
);
