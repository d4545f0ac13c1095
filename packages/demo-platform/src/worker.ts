/** A worker process: all jobs of the platform. `main.ts` keeps several alive. */
import { startWorker } from '@craft-easy/operations-sdk/jobs';
import { JOBS } from './jobs';
import { readConfig } from './platform/config';
import { TENANT_IDS } from './platform/tenants';
import { endWithParent, onStop } from './supervisor/process';

const config = readConfig();

const worker = startWorker({
  jobs: JOBS,
  connection: config.redisUrl,
  namespace: config.namespace,
  tenants: TENANT_IDS,
  logger: {
    info: message => process.stdout.write(`${message}\n`),
    warn: message => process.stderr.write(`${message}\n`),
    error: message => process.stderr.write(`${message}\n`),
  },
});

// runs in progress are told to stop: the platform's machines come and go
onStop(() => worker.close({ force: true, graceMs: 1_500 }));
endWithParent();

worker.ready.then(
  () => process.stdout.write(`worker ${worker.id} ready\n`),
  () => process.exit(1),
);
