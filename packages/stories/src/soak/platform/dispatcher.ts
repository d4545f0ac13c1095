/** A process of the soak that delivers webhooks. */
import { createWebhookDispatcher } from '@craft-easy/operations-sdk/webhooks';
import { dispatcherOptions } from './webhooks';

createWebhookDispatcher(dispatcherOptions())
  .start()
  .then(
    () => process.stdout.write('ready\n'),
    error => {
      process.stderr.write(`it could not start: ${error.stack}\n`);
      process.exit(1);
    },
  );
