import type { Run } from '@craft-easy/backstage-plugin-operations-common';

const ESC = '\u001b';

/** A log that a run of a job might have written. */
export function exampleLog(run: Run): string[] {
  const lines = [
    `starting ${run.jobName}, attempt ${run.attempt}${
      run.dryRun ? ' (dry run)' : ''
    }`,
    `${ESC}[90mconnecting to postgres://app@db-1/billing${ESC}[0m`,
    `${ESC}[32m✔${ESC}[0m connected in 41 ms`,
  ];
  const steps = 12;
  for (let step = 1; step <= steps; step++) {
    lines.push(`batch ${step} of ${steps}: 250 accounts`);
    if (run.status === 'failed' && step === 7) {
      lines.push(
        `${ESC}[33mwarning${ESC}[0m: slow answer, 4,812 ms`,
        `${ESC}[31merror${ESC}[0m: ${run.errorMessage}`,
        `    at run (/srv/jobs/${run.jobName}.js:87:11)`,
        '    at async execute (/srv/sdk/worker.js:212:20)',
        'giving up; 6 batches were done, 6 were not',
      );
      return lines;
    }
  }
  if (run.status === 'succeeded')
    lines.push(`${ESC}[1;32mdone${ESC}[0m: 3,000 accounts, 0 errors`);
  return lines;
}
