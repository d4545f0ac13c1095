import checkinModule from '@craft-easy/backstage-plugin-operations-backend-module-checkin';
import { mockCredentials } from '@backstage/backend-test-utils';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Knex } from 'knex';
import request from 'supertest';
import { createTestDatabases } from '../../__testUtils__/databases';
import { aRecord } from '../../__testUtils__/records';
import { DatabaseRunRecorder } from '../recorder/DatabaseRunRecorder';
import { startPortal, type TestPortal } from '../../__testUtils__/startPortal';

jest.setTimeout(60_000);

const databases = createTestDatabases();
/** No Redis listens here: nothing of this needs one. */
const NO_REDIS = {
  url: 'redis://127.0.0.1:1',
  namespace: 'none',
  queuePrefix: 'none',
};

/** An hour ago. */
const BEGAN = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;

describe.each(databases.eachSupportedId())(
  'jobs that report over HTTP, without Redis, on %s',
  id => {
    let portal: TestPortal;
    let knex: Knex;

    beforeAll(async () => {
      knex = await databases.init(id);
      portal = await startPortal({
        redis: NO_REDIS,
        knex,
        features: [checkinModule],
        config: {
          jobs: { badges: { key: 'a key that has more than 32 characters' } },
          checkin: {
            maxJobs: 225,
            reportsPerMinute: 50,
            subjects: [
              { subject: 'data', owners: ['group:default/data'] },
              {
                subject: 'growth',
                prefixes: ['growth-', 'shared-'],
                owner: 'group:default/growth',
              },
            ],
          },
        },
      });
    });
    afterAll(() => portal?.stop());

    const as = (subject: string) =>
      mockCredentials.service.header({
        onBehalfOf: mockCredentials.service(subject),
        targetPluginId: 'operations',
      });
    const post = (path: string, body: object | string, subject = 'data') => {
      const sent = request(portal.server)
        .post(`/api/operations/v1/checkin/${path}`)
        .set('authorization', as(subject));
      return typeof body === 'string'
        ? sent.type('form').send(body)
        : sent.send(body);
    };
    const runOf = (runId: string) =>
      portal.client().call('GET /runs/:id', { params: { id: runId } });
    const jobOf = (name: string) =>
      portal.client().call('GET /jobs/:engine/:name', {
        params: { engine: 'checkin', name },
      });

    it('[checkin.1] makes a job of one request of curl, with its exit code, duration, log and schedule', async () => {
      const { body } = await post(
        'backup?schedule=15+2+*+*+*&firedBy=cron+on+db-1',
        'exitCode=3&durationMs=4000&log=one%0Adisk+full%FF%00%0A&host=db-1',
      ).expect(200);
      expect(body).toMatchObject({ jobId: 'checkin/backup', state: 'failed' });
      const run = await runOf(body.runId);
      expect(run).toMatchObject({
        exitCode: 3,
        durationMs: 4000,
        errorMessage: 'Ended with exit code 3',
      });
      const log = await portal.client().call('GET /runs/:id/log', {
        params: { id: body.runId },
      });
      expect(log.lines.map(({ text }) => text)).toEqual([
        'one',
        'disk full\ufffd\ufffd',
      ]);
      const job = await jobOf('backup');
      expect(job).toMatchObject({
        declared: true,
        registered: true,
        owner: 'group:default/data',
        schedule: { cron: '15 2 * * *', by: 'external' },
        lastRun: { status: 'failed' },
      });
    });

    it('[checkin.1] shows up and down on a badge, to whoever has its address, without a sign-in', async () => {
      await post('badge.1', 'exitCode=1').expect(200);
      const params = { engine: 'checkin', name: 'badge.1' };
      const badge = await portal
        .client()
        .call('GET /jobs/:engine/:name/badge', { params });
      const { svg, json } = badge;
      const job = await portal
        .client()
        .call('GET /jobs/:engine/:name', { params });
      expect(job.badge).toEqual(badge);
      const read = (address: string) =>
        request(portal.server).get(new URL(address).pathname);
      expect((await read(json).expect(200)).body).toMatchObject({
        ...{ schemaVersion: 1, label: 'badge.1', message: 'down' },
      });
      await post('badge.1', 'exitCode=0').expect(200);
      const shown = await read(svg).expect(200);
      expect(shown.headers['content-type']).toMatch('image/svg+xml');
      expect(shown.headers['cache-control']).toMatch('no-cache');
      expect(shown.body.toString()).toContain('<title>badge.1: up</title>');
      // another job's token, and one that nobody gave
      await read(json.replace('badge.1', 'badge.2')).expect(404);
      await read(json.replace(/badges\/[^/]+/, 'badges/x')).expect(404);
      const answer = await read(json.replace('.json', '.png')).expect(400);
      expect(answer.body.error.message).toMatch('params.file');
    });

    it('[truth.6] says nothing of a queue, workers or attempts of a job that it only listens to', async () => {
      await post('heard', { exitCode: 0 }).expect(200);
      const job = await jobOf('heard');
      for (const field of ['queue', 'workers', 'attempts', 'concurrency']) {
        expect(job).not.toHaveProperty(field);
      }
    });

    it('follows a run from its start to its end, and shows its log meanwhile', async () => {
      const started = await post('export/start', { run: 'r1' }).expect(200);
      const { runId } = started.body;
      expect(started.body.state).toBe('running');
      await post('export/progress', { run: 'r1', percent: '40' }).expect(200);
      await post('export/log', { run: 'r1', from: 2, text: 'two' }).expect(200);
      await post('export/log', { run: 'r1', from: 1, text: 'one' }).expect(200);
      const log = await portal.client().call('GET /runs/:id/log', {
        params: { id: runId },
      });
      expect(log.lines.map(({ n, text }) => `${n} ${text}`)).toEqual([
        '1 one',
        '2 two',
      ]);
      expect((await runOf(runId)).progress).toBe(40);
      await post('export/finish', { run: 'r1', exitCode: 0 }).expect(200);
      expect((await runOf(runId)).status).toBe('succeeded');
    });

    it('[checkin.2] has the history of the ordered reports where the end came first and all came twice', async () => {
      const at = (s: number) => new Date(BEGAN + s * 1000).toISOString();
      const reports: Array<[string, object]> = [
        ['start', { at: at(0), host: 'db-1' }],
        ['progress', { at: at(5), percent: 50 }],
        ['finish', { at: at(9), exitCode: 1, message: 'no room' }],
      ];
      const send = async (job: string, order: number[]) => {
        for (const i of order) {
          const [kind, body] = reports[i];
          await post(`${job}/${kind}`, { ...body, run: 'x' }).expect(200);
        }
        const run = await runOf(`${job}..x`);
        const { id: _, jobId: __, jobName: ___, ...rest } = run;
        return rest;
      };
      const ordered = await send('ordered', [0, 1, 2]);
      expect(ordered).toMatchObject({ durationMs: 9000, status: 'failed' });
      expect(await send('shuffled', [2, 2, 0, 1, 0, 2])).toEqual(ordered);
      const [mean] = await knex('jobs').where({ name: 'shuffled' });
      expect(Number(mean.active_count)).toBe(0);
      expect(Number(mean.p95_ms)).toBeGreaterThan(0);
    });

    it('answers a repeated request with the run that it has already made', async () => {
      const body = { run: '2026-11-20', exitCode: 0, log: 'done' };
      const first = await post('repeated', body).expect(200);
      const again = await post('repeated', body).expect(200);
      expect(again.body).toEqual(first.body);
      const runs = await knex('runs').where({ job_id: 'checkin/repeated' });
      expect(runs).toHaveLength(1);
      const log = await portal.client().call('GET /runs/:id/log', {
        params: { id: first.body.runId },
      });
      expect(log.lines).toHaveLength(1);
    });

    it('[checkin.4] lets a token touch the jobs of its own team only', async () => {
      await post('theirs', { exitCode: 0 }).expect(200);
      const refused = await post('theirs', { exitCode: 0 }, 'growth');
      expect(refused.status).toBe(403);
      await post('growth-mail', { exitCode: 0 }, 'data').expect(200);
      const taken = await post(
        'growth-mail',
        { exitCode: 0, owner: 'group:default/growth' },
        'growth',
      );
      expect(taken.status).toBe(403);
      expect(taken.body.error.message).toBe(
        'The job growth-mail belongs to group:default/data: a report cannot give it to group:default/growth',
      );
      expect((await post('x', { exitCode: 0 }, 'nobody')).status).toBe(403);
      const person = await request(portal.server)
        .post('/api/operations/v1/checkin/theirs')
        .set('authorization', mockCredentials.user.header())
        .send({ exitCode: 0 });
      expect(person.status).toBe(403);
    });

    it('tells whoever asks that a run is to be cancelled', async () => {
      const { body } = await post('long/start', {
        run: 'r',
        cancellable: 'true',
      }).expect(200);
      expect((await jobOf('long')).cancellable).toBe(true);
      const recorder = new DatabaseRunRecorder(knex);
      const at = new Date().toISOString();
      await recorder.record([
        aRecord({
          ...{ id: body.runId, engine: 'checkin', job: 'long', at },
          ...{ state: 'cancelling', cancelledBy: 'user:default/oskar' },
        }),
      ]);
      const asked = await post('long/progress', { run: 'r' }).expect(200);
      expect(asked.body.state).toBe('cancelling');
      await post('long/finish', {
        ...{ run: 'r', exitCode: 143, outcome: 'cancelled' },
      }).expect(200);
      expect(await runOf(body.runId)).toMatchObject({ status: 'cancelled' });
    });

    it('loses a run whose end nobody reported within its limit, until it is reported after all', async () => {
      const { body } = await post('slow/start', {
        run: 'r',
        limitMinutes: 1,
        at: new Date(BEGAN).toISOString(),
      }).expect(200);
      await portal.scheduler.triggerTask('operations-checkin-overdue');
      const lost = await runOf(body.runId);
      expect(lost).toMatchObject({ status: 'lost' });
      expect(lost.errorMessage).toMatch(/no end within its limit/);
      await post('slow/finish', { run: 'r', exitCode: 0 }).expect(200);
      expect((await runOf(body.runId)).status).toBe('succeeded');
    });

    it('shows a slot that nobody reported as missed, and keeps the job announced', async () => {
      await post('silent', {
        exitCode: 0,
        schedule: 'every 1s',
        graceMinutes: 0.0001,
      }).expect(200);
      await until(async () => {
        await portal.scheduler.triggerTask('operations-job-schedules');
        return (await jobOf('silent')).lastSlot?.state === 'missed';
      });
      expect((await jobOf('silent')).registered).toBe(true);
    });

    it('says what is wrong with a report, by the name of the field', async () => {
      const wrong: Array<[string, object | string, number, RegExp]> = [
        ['a b', { exitCode: 0 }, 400, /path\.job: a name/],
        ['x', {}, 400, /body\.exitCode: needed/],
        ['x', 'exitCode=', 400, /body\.exitCode/],
        ['x', 'exitCode=0&exitCode=1', 400, /body\.exitCode: is given twice/],
        ['x', { exitCode: 0, exit: 1 }, 400, /unknown field `exit`/],
        ['x?plan=1', { exitCode: 0 }, 400, /unknown field `plan`/],
        ['x', { exitCode: 0, schedule: '15W * * *' }, 400, /body\.schedule/],
        [
          'x',
          { exitCode: 0, schedule: '* * * * *', timezone: 'X' },
          400,
          /body\.timezone/,
        ],
        ['x/start', {}, 400, /body\.run/],
        [
          'x',
          { exitCode: 0, at: '2020-01-01T00:00:00Z' },
          400,
          /body\.at: is more than 31 days ago/,
        ],
        ['x', { exitCode: 0, log: 'y'.repeat(300_000) }, 413, /large/],
      ];
      for (const [path, body, status, message] of wrong) {
        const answer = await post(encodeURI(path), body);
        expect([path, answer.status, answer.body.error.message]).toEqual([
          path,
          status,
          expect.stringMatching(message),
        ]);
      }
    });

    it('[checkin.4] gives the slot to one of two starts from two hosts, 200 times', async () => {
      const claim = (job: string, run: string) =>
        post(`${job}/claim`, {
          ...{ run, execution: run, schedule: '* * * * *' },
        });
      for (let from = 0; from < 200; from += 20) {
        await Promise.all(
          Array.from({ length: 20 }, async (_, i) => {
            const job = `guarded-${from + i}`;
            const answers = await Promise.all([
              claim(job, 'host-a'),
              claim(job, 'host-b'),
            ]);
            const statuses = answers.map(({ status }) => status);
            expect(statuses.sort()).toEqual([200, 409]);
          }),
        );
      }
      const runs = await knex('runs')
        .where('job_id', 'like', 'checkin/guarded-%')
        .select('status');
      expect(runs.filter(r => r.status === 'running')).toHaveLength(200);
      expect(runs.filter(r => r.status === 'refused')).toHaveLength(200);
    });

    it('[checkin.4] says why a guarded run may not start', async () => {
      const claim = (run: string, more: object = {}) =>
        post('ledger/claim', {
          ...{ run, execution: `${run}-1`, schedule: '* * * * *', ...more },
        });
      const first = await claim('a').expect(200);
      expect(first.body).toMatchObject({
        runId: 'ledger..a',
        state: 'running',
      });
      const again = await claim('a').expect(200);
      expect(again.body.slot).toBe(first.body.slot);
      // two hosts may name their run by the day
      const namesake = await claim('a', { execution: 'a-2' });
      expect(namesake.body.error.message).toMatch(
        /^The run ledger\.\.a has the slot /,
      );
      expect((await runOf('ledger..a')).status).toBe('running');
      const overlapping = await claim('b');
      expect(overlapping.body.error.message).toMatch(
        'The run ledger..a is still under way',
      );
      expect((await runOf('ledger..b')).status).toBe('refused');
      await post('ledger/finish', { run: 'a', exitCode: 0 }).expect(200);
      // a claim that repeats what has ended starts nothing anew
      expect((await runOf('ledger..a')).status).toBe('succeeded');
      const outside = await claim('c', { schedule: '0 0 29 2 *' });
      expect([outside.status, outside.body.error.message]).toEqual([
        409,
        expect.stringMatching(
          /^No slot of the job ledger is due now; the next/,
        ),
      ]);
      const interval = await claim('d', { schedule: 'every 10m' });
      expect(interval.status).toBe(400);
    });

    it('answers 503 while the database is away', async () => {
      const away = Object.assign(new Error('connect'), {
        code: 'ECONNREFUSED',
      });
      const broken = jest
        .spyOn(DatabaseRunRecorder.prototype, 'restate')
        .mockRejectedValue(away);
      try {
        const answers = await Promise.all(
          Array.from({ length: 10 }, (_, i) =>
            post('away', { run: `r${i}`, exitCode: 0 }),
          ),
        );
        expect(answers.map(({ status }) => status)).toEqual(
          Array(10).fill(503),
        );
      } finally {
        broken.mockRestore();
      }
      await post('away', { run: 'r0', exitCode: 0 }).expect(200);
    });

    it('takes no more reports of a job, and makes no more jobs, than are allowed', async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          post('amok', { run: `r${i}`, exitCode: 0 }),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      const taken = statuses.filter(status => status === 200).length;
      // a minute's worth, and what the time that they took allows
      expect(taken).toBeGreaterThanOrEqual(50);
      expect(taken).toBeLessThan(100);
      const refused = answers.find(({ status }) => status === 429)!;
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      const made = await Promise.all(
        Array.from({ length: 25 }, (_, i) =>
          post(`many-${i}`, { exitCode: 0 }),
        ),
      );
      const [last] = made.filter(({ status }) => status !== 200);
      expect(last.status).toBe(409);
      expect(last.body.error.message).toMatch(/Reports have made 225 jobs/);
      const [{ n }] = await knex('jobs')
        .where({ engine: 'checkin' })
        .count({ n: '*' });
      expect(Number(n)).toBe(225);
    });
  },
);
