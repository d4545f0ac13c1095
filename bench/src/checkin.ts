/**
 * 10,000 jobs that report each minute by the one request that a line of a crontab sends: how long a
 * request takes, and how much of a core one replica needs, over HTTP with JSON parsing, rules and
 * database. Authentication is left out: it is Backstage's.
 *
 * Runs alone: `npm run bench -- checkin [--jobs 10000] [--seconds 60]`, on the PostgreSQL that the
 * runner starts and on SQLite.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
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
  const engine = createCheckinEngine({
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
  const report = async (job: number) => {
    const began = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/checkin/job-${job}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'exitCode=0&durationMs=1200&schedule=*+*+*+*+*&log=copied%0Averified',
    });
    await answer.text();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    return performance.now() - began;
  };
  // the jobs come into being before anything is measured
  for (let i = 0; i < JOBS; i += 200) {
    await Promise.all(
      Array.from({ length: Math.min(200, JOBS - i) }, (_, n) => report(i + n)),
    );
  }
  const took: number[] = [];
  const cpu = process.cpuUsage();
  const began = performance.now();
  const total = Math.round((JOBS * SECONDS) / 60);
  const pending: Array<Promise<void>> = [];
  for (let i = 0; i < total; i++) {
    const due = began + (i * SECONDS * 1000) / total;
    const early = due - performance.now();
    if (early > 1) await wait(early);
    pending.push(report(i % JOBS).then(ms => void took.push(ms)));
  }
  await Promise.all(pending);
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  took.sort((a, b) => a - b);
  server.close();
  await close();
  return {
    database: kind,
    'requests/s': Math.round(total / seconds),
    'p50 ms': Number(took[Math.floor(total * 0.5)].toFixed(1)),
    'p95 ms': Number(took[Math.floor(total * 0.95)].toFixed(1)),
    // client and server share the process
    'cores, with the client': Number(
      ((used.user + used.system) / 1e6 / seconds).toFixed(2),
    ),
  };
}

startBench(async () => {
  const rows = [];
  for (const kind of ['sqlite', 'postgres'] as const) {
    rows.push(await measure(kind));
  }
  console.table(rows);
});
