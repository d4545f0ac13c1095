/**
 * Starts the whole platform: identity provider, mail provider, history, worker processes. Says
 * `demo platform ready` when all is up. Each part also runs alone; see README.md.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readIdentityConfig } from './identity-provider/config';
import { startIdentityProvider } from './identity-provider/server';
import { createMailServer, MailProvider } from './mail/provider';
import { settleReminderNight } from './platform/reminderNight';
import { TENANT_IDS } from './platform/tenants';
import { PYTHON_SERVICE, pythonProblem } from './python/interpreter';
import { isSeeded } from './seed/marker';
import { onStop } from './supervisor/process';
import { Supervisor } from './supervisor/Supervisor';
import { createReceivers } from './webhooks/receivers';

async function listen(server: Server, port = '0'): Promise<string> {
  server.listen(Number(port), '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startIdentity(): Promise<void> {
  const config = readIdentityConfig();
  if (!config) {
    process.stdout.write('no OIDC_PORT and secret: no identity provider\n');
    return;
  }
  await startIdentityProvider(config);
  process.stdout.write(`identity provider on port ${config.port}\n`);
}

async function main(): Promise<void> {
  const redisUrl = process.env.REDIS_URL;
  if (!redisUrl) {
    throw new Error('REDIS_URL is not set');
  }
  const supervisor = new Supervisor();
  onStop(() => supervisor.stop());

  // first of all, because the portal's backend waits for it
  await startIdentity();
  const mailUrl = await listen(
    createMailServer(new MailProvider()),
    process.env.MAIL_PORT,
  );
  process.stdout.write(`mail provider on ${mailUrl}\n`);
  const receiversUrl = await listen(
    createReceivers(),
    process.env.WEBHOOK_PORT,
  );
  process.stdout.write(`webhook receivers on ${receiversUrl}\n`);

  const namespace = process.env.OPERATIONS_NAMESPACE || undefined;
  const night = await settleReminderNight(redisUrl, namespace);
  const env = {
    ...process.env,
    MAIL_URL: mailUrl,
    WEBHOOK_RECEIVERS_URL: receiversUrl,
    REMINDER_WEEKDAY: String(night),
  };
  if (!(await isSeeded(redisUrl, namespace))) {
    // a process of its own: the jobs read their environment when they are loaded
    await supervisor.runOnce({
      name: 'seed',
      module: require.resolve('./seed'),
      env,
    });
  }

  const modules: Record<string, string> = {
    'worker-1': require.resolve('./worker'),
    'worker-2': require.resolve('./worker'),
    webhooks: require.resolve('./webhooks/process'),
    'tenant-pages': require.resolve('./tenant-api/process'),
    'tenant-api': require.resolve('./caches/process'),
  };
  if (process.env.PLATFORM_REPORT_TOKEN && process.env.PORTAL_URL) {
    modules.components = require.resolve('./migrations/process');
  } else {
    process.stdout.write('no PLATFORM_REPORT_TOKEN: no migration reports\n');
  }
  if (process.env.PLATFORM_CHECKIN_TOKEN && process.env.PORTAL_URL) {
    modules.cron = require.resolve('./cron/process');
  } else {
    process.stdout.write('no PLATFORM_CHECKIN_TOKEN: no crontab\n');
  }
  await Promise.all(
    Object.entries(modules).map(([name, module]) =>
      supervisor.start({ name, module, env }),
    ),
  );
  const problem = pythonProblem();
  if (problem === undefined) {
    await supervisor.start({
      name: 'python-service',
      command: PYTHON_SERVICE.command,
      env: {
        ...env,
        ...PYTHON_SERVICE.env,
        TENANTS: TENANT_IDS.join(','),
      },
    });
  } else {
    process.stdout.write(`the Python service is left out: ${problem}\n`);
  }
  process.stdout.write('demo platform ready\n');
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
