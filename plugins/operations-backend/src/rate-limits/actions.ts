import type { RateLimitOverride } from '@craft-easy/backstage-plugin-operations-common';
import type { rateLimitEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { timedActions } from '../controls/timedActions';
import { defineAction, type ActionsOf } from '../lib/actions';
import type { OverridesService } from './OverridesService';

/** Create, extend and end an override. */
export function rateLimitActions(
  service: OverridesService,
): ActionsOf<typeof rateLimitEndpoints> {
  const { create, extend, end } = timedActions({
    service,
    kind: 'rate-limit-override',
    all: 'rate-limit-overrides',
    names: {
      create: 'rate-limit.override',
      extend: 'rate-limit.extend-override',
      end: 'rate-limit.end-override',
    },
  });
  const answer = async (override: RateLimitOverride) => ({ override });
  return {
    'POST /rate-limit-overrides': defineAction({ ...create, answer }),
    'POST /rate-limit-overrides/:id/extend': defineAction({
      ...extend,
      answer,
    }),
    'POST /rate-limit-overrides/:id/end': defineAction({ ...end, answer }),
  };
}
