import type { runEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { askedBy } from '../../lib/caller';
import { defineAction, type ActionsOf } from '../../lib/actions';
import type { ActionContext } from '../../lib/context';
import { BULK_PERMISSIONS } from './RunBulkRunner';
import type { RunBulkService } from './RunBulkService';
import type { RunBulkRow } from './rows';

/** Whether the caller may do anything to many runs. */
async function hasAny({ access }: Pick<ActionContext, 'access'>) {
  for (const permission of Object.values(BULK_PERMISSIONS)) {
    if (await access.has(permission)) return true;
  }
  return false;
}

/** Retry or cancel many runs; stop that. */
export function runBulkActions(
  bulks: RunBulkService,
): ActionsOf<typeof runEndpoints> {
  // each is one transaction, with its outcome
  const facts = 'concluded' as const;
  const answer = async ({ id }: { id: string }, c: ActionContext) => ({
    bulk: await bulks.get(id, c.access),
  });

  return {
    'POST /run-bulks': defineAction({
      name: 'run.bulk',
      // the body says which permission it takes; it is 403 for who has neither, whatever it holds
      load: async c => ((await hasAny(c)) ? c.body() : undefined),
      about: (_, body) => ({
        target: 'runs',
        action: body && `run.bulk-${body.action}`,
      }),
      authorize: (c, body) =>
        c.access.requireFor(BULK_PERMISSIONS[body?.action ?? 'retry']),
      async plan(c) {
        const { reason: _, ...parameters } = c.body();
        const planned = await bulks.plan(c.body(), c.access);
        const { jobCount, tenantCount, forbidden } = planned.preview;
        return {
          plan: { planned, parameters },
          target: `run-bulk:${planned.id}`,
          parameters: {
            ...parameters,
            jobs: jobCount,
            tenants: tenantCount,
            forbidden: forbidden.map(({ jobId, count }) => ({ jobId, count })),
          },
        };
      },
      async act({ planned, parameters }, c) {
        const { id } = planned;
        const { action, perSecond } = parameters;
        const result = { id };
        const after = { count: planned.preview.count };
        const by = askedBy(c.caller, BULK_PERMISSIONS[action]);
        await bulks.create(planned, { by, reason: c.reason }, perSecond, trx =>
          c.conclude(trx, { result, after }),
        );
        return { result, after };
      },
      facts,
      answer,
    }),
    'POST /run-bulks/:id/stop': defineAction({
      name: 'run.bulk-stop',
      // who has neither permission does not learn which there are
      load: async c =>
        (await hasAny(c)) ? bulks.get(c.params.id, c.access) : undefined,
      about: c => ({ target: `run-bulk:${c.params.id}` }),
      async authorize(c, bulk) {
        await c.access.requireFor(BULK_PERMISSIONS[bulk?.action ?? 'retry']);
        await bulks.assertMayStop(bulk!, c.access);
      },
      plan: (_, bulk) => ({
        plan: bulk!,
        before: { status: bulk!.status, left: bulk!.left },
      }),
      async act(running, { conclude }) {
        const result = { id: running.id };
        const afterOf = ({ status, stopped }: RunBulkRow) => ({
          status,
          stopped,
        });
        const now = await bulks.stop(running, (trx, row) =>
          conclude(trx, { result, after: afterOf(row) }),
        );
        return { result, after: afterOf(now) };
      },
      facts,
      answer,
    }),
  };
}
