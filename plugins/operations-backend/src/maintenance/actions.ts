import type { MaintenanceWindow } from '@craft-easy/backstage-plugin-operations-common';
import type { maintenanceEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { timedActions } from '../controls/timedActions';
import { defineAction, type ActionsOf } from '../lib/actions';
import type { MaintenanceService } from './MaintenanceService';

/** Begin, extend and end a window. */
export function maintenanceActions(
  service: MaintenanceService,
): ActionsOf<typeof maintenanceEndpoints> {
  const { create, extend, end } = timedActions({
    service,
    kind: 'maintenance',
    all: 'maintenance',
    names: {
      create: 'maintenance.begin',
      extend: 'maintenance.extend',
      end: 'maintenance.end',
    },
  });
  const answer = async (window: MaintenanceWindow) => ({ window });
  return {
    'POST /maintenance': defineAction({ ...create, answer }),
    'POST /maintenance/:id/extend': defineAction({ ...extend, answer }),
    'POST /maintenance/:id/end': defineAction({ ...end, answer }),
  };
}
