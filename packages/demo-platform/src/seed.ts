/** Tells the history on its own: needs REDIS_URL and a running mail provider (MAIL_URL). */
import { readConfig } from './platform/config';
import { seed } from './seed/seed';

seed(readConfig()).then(
  count => process.stdout.write(`${count} runs reported\n`),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
