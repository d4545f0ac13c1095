import { attentionEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { attach } from '../lib/attach';
import type { Route } from '../lib/routes';
import { attentionActions } from './actions';
import type { AttentionService } from './AttentionService';

/**
 * What needs a human. Which items a caller sees follows from the permission of each item's source.
 */
export function attentionRoutes(service: AttentionService): Route[] {
  return attach('attention', attentionEndpoints, {
    'GET /attention': c => service.list(c.query, c.access),
    'GET /attention/:id': c => service.get(c.params.id, c.access),
    ...attentionActions(service),
  });
}
