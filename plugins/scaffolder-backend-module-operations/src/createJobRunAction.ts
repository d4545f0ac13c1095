import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  isFinalStatus,
  jobKeyOf,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  asInitiator,
  idempotencyKeyOf,
  mayPass,
  untilDone,
  type ActionServices,
} from './asInitiator';

const ID = 'operations:job:run';
const LOOK_EVERY_MS = 2_000;
const DEFAULT_WAIT_MINUTES = 30;

const EXAMPLE = `steps:
  - id: provision
    name: Provision the tenant
    action: operations:job:run
    input:
      job: bullmq/provision-tenant
      tenant: \${{ parameters.tenant }}
      parameters: { plan: basic }
      reason: 'New tenant: \${{ parameters.tenant }}'
      wait: true
`;

/**
 * `operations:job:run`: runs a job as whoever started the task, with their permission and name in
 * the audit trail. With `wait` the step ends with the run, and fails with it.
 */
export function createJobRunAction(services: ActionServices) {
  return createTemplateAction({
    id: ID,
    description: 'Runs a batch job of Operations, as whoever started the task.',
    supportsDryRun: true,
    examples: [{ description: 'Run a job for a tenant', example: EXAMPLE }],
    schema: {
      input: {
        job: z =>
          z.string().describe('`<engine>/<name>`, such as bullmq/nightly'),
        reason: z => z.string().describe('Why, for the audit trail'),
        tenant: z => z.string().optional(),
        dryRun: z =>
          z.boolean().optional().describe('Where the job supports it'),
        timeRange: z =>
          z.object({ from: z.string(), to: z.string() }).optional(),
        parameters: z => z.record(z.unknown()).optional(),
        wait: z =>
          z.boolean().optional().describe('Until the run ends. Default: no'),
        waitMinutes: z =>
          z
            .number()
            .positive()
            .optional()
            .describe(`At most. Default: ${DEFAULT_WAIT_MINUTES}`),
      },
      output: {
        runId: z => z.string(),
        status: z => z.string().describe('When the step ended'),
      },
    },
    async handler(ctx) {
      const { job, wait: waits, waitMinutes, ...body } = ctx.input;
      const params = jobKeyOf(job);
      if (!job.includes('/') || !params.engine || !params.name) {
        throw new InputError(`job: ${job} is no <engine>/<name>`);
      }
      const client = asInitiator(services, ctx);
      if (ctx.isDryRun) {
        const { actions } = await untilDone(
          client.call('GET /jobs/:engine/:name', { params }),
        );
        ctx.logger.info(
          actions.run.allowed
            ? `Dry run: ${job} would be run`
            : `Dry run: ${job} cannot be run: ${actions.run.reason}`,
        );
        return;
      }
      const ask = async (idempotencyKey: string) => {
        const { run } = await untilDone(
          client.call('POST /jobs/:engine/:name/runs', {
            ...{ params, body, idempotencyKey },
          }),
        );
        ctx.logger.info(`${job} runs as ${run.id}`);
        return { id: run.id, status: run.status };
      };
      const askOnce = async (key: string) => {
        let isNew = false;
        const run = await ctx.checkpoint({
          key,
          fn: () => {
            isNew = true;
            return ask(key);
          },
        });
        return { ...run, isNew };
      };
      const look = async (id: string) =>
        (await untilDone(client.call('GET /runs/:id', { params: { id } })))
          .status;

      const key = idempotencyKeyOf(ctx, ID, ctx.input);
      let run = await askOnce(key);
      // The task was tried before: it takes its run up, and another one where that has failed.
      while (waits && !run.isNew) {
        run.status = await look(run.id);
        if (!isFinalStatus(run.status) || run.status === 'succeeded') break;
        run = await askOnce(`${key}-${run.id}`);
      }
      ctx.output('runId', run.id);
      const until = Date.now() + (waitMinutes ?? DEFAULT_WAIT_MINUTES) * 60_000;
      while (waits && !isFinalStatus(run.status)) {
        if (Date.now() > until) {
          throw new Error(
            `${run.id} is still ${run.status}; it goes on, and this step waits no longer`,
          );
        }
        await wait(LOOK_EVERY_MS, undefined, { signal: ctx.signal });
        try {
          run.status = await look(run.id);
        } catch (error) {
          if (!mayPass(error)) throw error;
          ctx.logger.warn(
            `Cannot see how ${run.id} goes, and will look again: ${error}`,
          );
        }
      }
      ctx.output('status', run.status);
      if (waits && run.status !== 'succeeded') {
        throw new Error(`${run.id} ended as ${run.status}`);
      }
    },
  });
}
