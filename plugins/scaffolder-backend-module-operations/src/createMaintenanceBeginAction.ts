import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { maintenanceTogglePermission } from '@craft-easy/backstage-plugin-operations-common';
import {
  asInitiator,
  idempotencyKeyOf,
  untilDone,
  type ActionServices,
} from './asInitiator';

const ID = 'operations:maintenance:begin';
const MINUTE_MS = 60_000;

const EXAMPLE = `steps:
  - id: maintenance
    name: Maintenance of the tenant
    action: operations:maintenance:begin
    input:
      tenant: \${{ parameters.tenant }}
      mode: read-only
      minutes: 30
      reason: 'Moves to another cluster: \${{ parameters.ticket }}'
`;

/**
 * `operations:maintenance:begin`: begins or plans a maintenance window as whoever started the task,
 * with their permission and name in the audit trail.
 */
export function createMaintenanceBeginAction(services: ActionServices) {
  return createTemplateAction({
    id: ID,
    description:
      'Begins or plans a maintenance window of Operations, as whoever started the task.',
    supportsDryRun: true,
    examples: [{ description: 'Half an hour, now', example: EXAMPLE }],
    schema: {
      input: {
        tenant: z =>
          z.string().optional().describe('Or platform, and not both'),
        platform: z =>
          z.boolean().optional().describe('true: the whole platform'),
        mode: z => z.enum(['read-only', 'offline']),
        reason: z => z.string().describe('Why, for the audit trail'),
        startsAt: z => z.string().optional().describe('ISO 8601. Default: now'),
        minutes: z =>
          z.number().positive().optional().describe('How long; or endsAt'),
        endsAt: z => z.string().optional().describe('ISO 8601'),
        messages: z =>
          z.record(z.string()).optional().describe('For users, by language'),
        holdJobs: z =>
          z.boolean().optional().describe('Until the end. Default: yes'),
      },
      output: {
        windowId: z => z.string(),
        endsAt: z => z.string(),
      },
    },
    async handler(ctx) {
      const { tenant, platform, minutes, endsAt, startsAt, ...given } =
        ctx.input;
      // A parameter of the template that is left empty must not take everything.
      if (Boolean(tenant) === Boolean(platform)) {
        throw new InputError(
          'Either a tenant or platform: true is needed, and not both',
        );
      }
      if ((minutes === undefined) === (endsAt === undefined)) {
        throw new InputError('Either minutes or endsAt is needed');
      }
      if (startsAt !== undefined && Number.isNaN(Date.parse(startsAt))) {
        throw new InputError(`startsAt: ${startsAt} is no ISO 8601 time`);
      }
      const scope = tenant
        ? { kind: 'tenant' as const, tenant }
        : { kind: 'platform' as const };
      const of = tenant || 'the whole platform';
      const client = asInitiator(services, ctx);
      if (ctx.isDryRun) {
        const { items } = await untilDone(client.call('GET /permissions/mine'));
        const { name } = maintenanceTogglePermission;
        const isAllowed = items.some(
          ({ permission, decision }) =>
            permission === name && decision !== 'deny',
        );
        ctx.logger.info(
          isAllowed
            ? `Dry run: ${of} would be ${given.mode}`
            : `Dry run: ${of} cannot be ${given.mode}: you do not have the permission ${name}`,
        );
        return;
      }
      const key = idempotencyKeyOf(ctx, ID, ctx.input);
      const window = await ctx.checkpoint({
        key,
        fn: async () => {
          // A request that is repeated has to be the same one, to the millisecond of its end.
          const ends = await ctx.checkpoint({
            key: `${key}-ends`,
            fn: async () => endsAt ?? endAfter(startsAt, minutes!),
          });
          const answer = await untilDone(
            client.call('POST /maintenance', {
              body: { ...given, ...{ scope, startsAt }, endsAt: ends },
              idempotencyKey: key,
            }),
          );
          const { id, startsAt: starts, endsAt: until } = answer.window;
          return { id, starts, until };
        },
      });
      ctx.logger.info(
        `${of} is ${given.mode} from ${window.starts} until ${window.until}`,
      );
      ctx.output('windowId', window.id);
      ctx.output('endsAt', window.until);
    },
  });
}

function endAfter(startsAt: string | undefined, minutes: number): string {
  const begins = startsAt === undefined ? Date.now() : Date.parse(startsAt);
  return new Date(begins + minutes * MINUTE_MS).toISOString();
}
