import {
  acknowledgeAttentionSchema,
  attentionAcknowledgePermission,
  attentionActionResultSchema,
  attentionDetailSchema,
  attentionPageSchema,
  attentionQuerySchema,
  reopenAttentionSchema,
  snoozeAttentionSchema,
} from '@craft-easy/backstage-plugin-operations-common';
import { z } from 'zod';
import { action, read, type Route, type RoutePermission } from '../lib/routes';
import type { AttentionActions } from './AttentionActions';
import type { AttentionService } from './AttentionService';

const item = z.object({ id: z.string().min(1).max(36) });

/** What needs a human. Reading asks for the permission of at least one source; which items one sees is filtered by source. */
export function attentionRoutes(
  service: AttentionService,
  actions: AttentionActions,
  see: RoutePermission,
): Route[] {
  const can = attentionAcknowledgePermission;
  // prettier-ignore
  return [
    read('GET /attention', see, { summary: 'What needs a human, most urgent first', query: attentionQuerySchema, answer: attentionPageSchema }, c => service.list(c.query, c.access)),
    read('GET /attention/:id', see, { summary: 'An item, and what happened to it', params: item, answer: attentionDetailSchema }, c => service.get(c.params.id, c.access)),
    action('POST /attention/:id/acknowledge', can, { summary: 'Known: somebody sees to it', params: item, body: acknowledgeAttentionSchema, answer: attentionActionResultSchema }, c => actions.acknowledge(c, 'acknowledged')),
    action('POST /attention/:id/snooze', can, { summary: 'Silent until a time', params: item, body: snoozeAttentionSchema, answer: attentionActionResultSchema }, c => actions.acknowledge(c, 'snoozed')),
    action('POST /attention/:id/reopen', can, { summary: 'Take an acknowledgement or snooze back', params: item, body: reopenAttentionSchema, answer: attentionActionResultSchema }, c => actions.acknowledge(c, 'reopened')),
  ];
}
