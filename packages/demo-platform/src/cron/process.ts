/**
 * Cron on the platform's database host: starts each line of its crontab at its times, by the real
 * `operations-run`, as cron does. `main.ts` keeps the process alive.
 */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextSlot } from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import { onStop } from '../supervisor/process';
import { CRONTAB, type CronLine } from './crontab';

const { PORTAL_URL: portalUrl, PLATFORM_CHECKIN_TOKEN: token } = process.env;
if (!portalUrl || !token) {
  throw new Error('PORTAL_URL and PLATFORM_CHECKIN_TOKEN must be set');
}

const WRAPPER = require.resolve(
  '@craft-easy/operations-run/bin/operations-run',
);
const timers = new Map<string, NodeJS.Timeout>();

function execute(
  { job, schedule, description, script }: CronLine,
  slot: number,
) {
  const options = [
    ...['--job', job, '--schedule', schedule, '--description', description],
    ...['--fired-by', 'cron on db-1', '--grace-minutes', '2'],
  ];
  spawn(WRAPPER, [...options, '--', 'sh', '-c', script(slot)], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      OPERATIONS_URL: portalUrl,
      OPERATIONS_TOKEN: token,
      OPERATIONS_SPOOL: join(process.env.PORTAL_DATA_DIR ?? tmpdir(), 'spool'),
    },
  });
}

function plan(line: CronLine) {
  const { job, schedule: cron } = line;
  const slot = nextSlot({ cron, timezone: 'UTC' }, Date.now())!;
  const timer = setTimeout(() => {
    execute(line, slot);
    plan(line);
  }, slot - Date.now());
  timers.set(job, timer);
}

CRONTAB.forEach(plan);
onStop(async () => timers.forEach(timer => clearTimeout(timer)));
process.stdout.write('cron ready\n');
