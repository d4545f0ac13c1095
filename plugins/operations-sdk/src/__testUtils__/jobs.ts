import { defineJob, type JobDefinition } from '../jobs';

/** Never, unless it is aborted. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    // an abort that has been tells no listener any more
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/**
 * Jobs whose runs go on until they are stopped, as tests of cancelling and killing need them.
 * @param note - writes down that something was executed; answers how much was written down by now
 */
export function createTestJobs(
  note: (text: string) => Promise<number>,
): JobDefinition[] {
  return [
    defineJob({
      name: 'only-scheduled',
      schedule: { cron: '* * * * * *' },
      manualRun: false,
      handler: async ctx => {
        // the first run hangs; those that follow must come through
        if ((await note(ctx.runId)) === 1) {
          await untilAborted(ctx.signal);
        }
      },
    }),
    defineJob({
      name: 'may-run-again',
      handler: async ctx => {
        await note(`${ctx.runId} attempt ${ctx.attempt}`);
        ctx.log(`attempt ${ctx.attempt}`);
        if (ctx.attempt === 1) {
          await untilAborted(ctx.signal);
        }
      },
    }),
    defineJob({
      name: 'long-export',
      cancellable: true,
      handler: async ctx => {
        ctx.log('exporting');
        await note(ctx.runId);
        try {
          await untilAborted(ctx.signal);
        } finally {
          ctx.log('cleaning up: the unfinished file is gone');
        }
      },
    }),
  ];
}
