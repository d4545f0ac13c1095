/**
 * 10,000 jobs that report each minute by the one request that a line of a crontab sends: how long a
 * request takes, and how much of a core one replica needs, over HTTP with parsing, rules and
 * database. The senders are a process of their own. Authentication is left out: it is Backstage's.
 *
 * Runs alone: `npm run bench -- checkin [--jobs 10000] [--seconds 60]`, on the PostgreSQL that the
 * runner starts and on SQLite.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import express from 'express';
import type { EngineHandlers } from '@craft-easy/backstage-plugin-operations-node';
import { checkinEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { createIntake } from '../../plugins/operations-backend/src/jobs/intake/createIntake';
import { DatabaseRunRecorder } from '../../plugins/operations-backend/src/jobs/recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from '../../plugins/operations-backend/src/jobs/registry/DatabaseJobRegistry';
import { createFormParser } from '../../plugins/operations-backend/src/lib/formBody';
import { createCheckinEngine } from '../../plugins/operations-backend-module-checkin/src/checkinEngine';
import { option, startBench } from './cli';
import { openDatabase } from './jobs/database';

const JOBS = Number(option('jobs') ?? 10_000);
const SECONDS = Number(option('seconds') ?? 60);

async function measure(kind: 'sqlite' | 'postgres') {
  const { knex, close } = await openDatabase(kind);
  await knex.migrate.latest({
    directory: `${__dirname}/../../plugins/operations-backend-module-checkin/migrations`,
    tableName: 'checkin_migrations',
  });
  const settings = {
    subjects: new Map([
      [
        'bench',
        {
          subject: 'bench',
          jobs: new Set<string>(),
          prefixes: ['job-'],
          owners: new Set<string>(),
        },
      ],
    ]),
    createJobs: true,
    maxJobs: JOBS,
    reportsPerMinute: 120,
    lostAfterMs: 86_400_000,
  };
  const engine = createCheckinEngine(settings, {
    known: async () => new Map(),
  });
  const handlers: EngineHandlers = engine.serve(
    createIntake({
      engine: engine.name,
      knex,
      recorder: new DatabaseRunRecorder(knex),
      registry: new DatabaseJobRegistry(knex, new Set([engine.name])),
      redact: text => text,
      onApplied() {},
      onChanged() {},
    }),
  );
  const app = express();
  app.post('/checkin/:job', createFormParser('256kb'), (req, res, next) => {
    handlers['POST /checkin/:job']({
      params: { job: req.params.job },
      query: {},
      body: () => checkinEndpoints['POST /checkin/:job'].body.parse(req.body),
      subject: 'bench',
      header: name => req.header(name),
    }).then(answer => res.json(answer), next);
  });
  const server = app.listen(0);
  // while the jobs come into being some connections rest
  server.keepAliveTimeout = 300_000;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const total = Math.round((JOBS * SECONDS) / 60);
  // the flags of this process (how TypeScript is loaded) are handed on
  const sender = fork(resolve(__dirname, 'checkin/senderProcess.ts'), {
    env: {
      ...process.env,
      CHECKIN_URL: `http://127.0.0.1:${port}`,
      CHECKIN_JOBS: String(JOBS),
      CHECKIN_TOTAL: String(total),
      CHECKIN_SECONDS: String(SECONDS),
    },
  });
  const ended = once(sender, 'exit').then(([code]) => {
    throw new Error(`the sender ended with ${code}`);
  });
  ended.catch(() => {});
  // what loads TypeScript sends messages of its own
  const said = async <T>(is: (message: unknown) => boolean): Promise<T> => {
    for (;;) {
      const [message] = await Promise.race([once(sender, 'message'), ended]);
      if (is(message)) return message as T;
    }
  };
  await said(message => message === 'begin');
  const cpu = process.cpuUsage();
  const { took, seconds } = await said<{ took: number[]; seconds: number }>(
    message => Array.isArray((message as { took?: unknown }).took),
  );
  const used = process.cpuUsage(cpu);
  took.sort((a, b) => a - b);
  server.close();
  await close();
  return {
    database: kind,
    'requests/s': Math.round(total / seconds),
    'p50 ms': Number(took[Math.floor(total * 0.5)].toFixed(1)),
    'p95 ms': Number(took[Math.floor(total * 0.95)].toFixed(1)),
    cores: Number(((used.user + used.system) / 1e6 / seconds).toFixed(2)),
  };
}

startBench(async () => {
  const rows = [];
  for (const kind of ['sqlite', 'postgres'] as const) {
    rows.push(await measure(kind));
  }
  console.table(rows);
});
