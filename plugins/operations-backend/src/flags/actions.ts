import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import type { flagEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { defineAction, type ActionsOf, type Acting } from '../lib/actions';
import type { ActionContext } from '../lib/context';
import type { FlagsService, PlannedEdit } from './FlagsService';

type OfFlag<B = { reason: string }> = ActionContext<
  { key: string },
  unknown,
  B
>;

/** Create, set, revert and delete a flag. */
export function flagActions(
  service: FlagsService,
): ActionsOf<typeof flagEndpoints> {
  const about = (c: OfFlag) => ({ target: `flag:${c.params.key}` });
  /** the flag, and its state as the caller has seen it */
  const seen = (c: OfFlag) => [c.params.key, c.header('if-match')] as const;
  const planOf = (c: OfFlag, plan: PlannedEdit) => {
    const { reason: _, ...parameters } = c.body();
    return { plan, parameters, before: plan.flag.state };
  };
  const act = async (plan: PlannedEdit, c: Acting<OfFlag>) => {
    const { caller, reason, conclude } = c;
    const outcomeOf = (flag: Flag) => {
      const isGone = plan.kind === 'deleted';
      return { result: { flag }, after: isGone ? undefined : plan.after };
    };
    return outcomeOf(
      await service.edit(plan, caller.actor, reason, (trx, flag) =>
        conclude(trx, outcomeOf(flag)),
      ),
    );
  };
  const facts = 'concluded' as const;
  return {
    'POST /flags': defineAction({
      name: 'flag.create',
      about: () => ({ target: 'flags' }),
      plan(c) {
        const { reason: _, ...parameters } = c.body();
        const plan = service.planCreation(c.body());
        return { plan, target: `flag:${parameters.key}`, parameters };
      },
      async act(plan, { caller, reason, conclude }) {
        const after = plan.state;
        const flag = await service.create(
          plan,
          caller.actor,
          reason,
          (trx, created) => conclude(trx, { result: { flag: created }, after }),
        );
        return { result: { flag }, after };
      },
      facts,
    }),
    'PUT /flags/:key': defineAction({
      name: 'flag.toggle',
      about,
      plan: async c =>
        planOf(c, await service.planUpdate(...seen(c), c.body())),
      act,
      facts,
    }),
    'POST /flags/:key/revert': defineAction({
      name: 'flag.revert',
      about,
      plan: async c =>
        planOf(c, await service.planRevert(...seen(c), c.body().changeId)),
      act,
      facts,
    }),
    'DELETE /flags/:key': defineAction({
      name: 'flag.delete',
      about,
      plan: async c => planOf(c, await service.planDeletion(...seen(c))),
      act,
      facts,
      answer: async () => ({}),
    }),
  };
}
