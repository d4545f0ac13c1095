/** A worker process: all jobs of the platform. `main.ts` keeps several alive. */
import { Controls } from '@craft-easy/operations-sdk/controls';
import { startWorker } from '@craft-easy/operations-sdk/jobs';
import { Maintenance } from '@craft-easy/operations-sdk/maintenance';
import { JOBS } from './jobs';
import { readConfig } from './platform/config';
import { TENANT_IDS } from './platform/tenants';
import { onStop } from './supervisor/process';

const config = readConfig();

const controls = new Controls({
  connection: config.redisUrl,
  namespace: config.namespace,
});
const maintenance = new Maintenance(controls);

const worker = startWorker({
  jobs: JOBS,
  connection: config.redisUrl,
  namespace: config.namespace,
  requestKeys: config.requestKeys,
  tenants: TENANT_IDS,
  // jobs of a tenant that is offline wait until it is back
  isTenantHeld: tenant => maintenance.isTenantHeld(tenant),
  logger: {
    info: message => process.stdout.write(`${message}\n`),
    warn: message => process.stderr.write(`${message}\n`),
    error: message => process.stderr.write(`${message}\n`),
  },
});

// runs in progress are asked to stop: the platform's machines come and go
onStop(async () => {
  await worker.close({ force: true, graceMs: 1_500 });
  await controls.close();
});

worker.ready.then(
  () => process.stdout.write(`worker ${worker.id} ready\n`),
  () => process.exit(1),
);
