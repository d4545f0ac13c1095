import { z } from 'zod';
import { reasonBodySchema } from '../lib';
import {
  acknowledgeAttentionSchema,
  attentionDetailSchema,
  attentionItemSchema,
  attentionPageSchema,
  attentionQuerySchema,
  snoozeAttentionSchema,
} from '.';
import { defineEndpoints } from '../lib/endpoint';
import {
  attentionAcknowledgePermission,
  operationsPermissions,
} from '../permissions';

const params = z.object({ id: z.string().min(1).max(36) });
const answer = z.object({ item: attentionItemSchema });
/** A source names the permission that its items need; any permission to read may be one. */
const readPermissions = operationsPermissions.filter(
  ({ attributes }) => attributes.action === 'read',
);

/** @internal */
export const attentionEndpoints = defineEndpoints({
  'GET /attention': {
    operationId: 'listAttention',
    summary: 'List what needs attention',
    description: 'What needs a human, the most urgent first.',
    permission: readPermissions,
    query: attentionQuerySchema,
    answer: attentionPageSchema,
    agents: 'safe',
  },
  'GET /attention/:id': {
    operationId: 'getAttention',
    summary: 'Get an attention item',
    description: 'With what happened to it, the oldest first.',
    permission: readPermissions,
    params,
    answer: attentionDetailSchema,
  },
  'POST /attention/:id/acknowledge': {
    operationId: 'acknowledgeAttention',
    summary: 'Acknowledge an attention item',
    description:
      'Somebody takes care of it. Ends with its cause, or at `until`.',
    permission: attentionAcknowledgePermission,
    params,
    body: acknowledgeAttentionSchema,
    answer,
  },
  'POST /attention/:id/snooze': {
    operationId: 'snoozeAttention',
    summary: 'Snooze an attention item',
    description: 'Silent up to a time, at most 30 days ahead.',
    permission: attentionAcknowledgePermission,
    params,
    body: snoozeAttentionSchema,
    answer,
  },
  'POST /attention/:id/reopen': {
    operationId: 'reopenAttention',
    summary: 'Reopen an attention item',
    description: 'Takes an acknowledgement or a snooze back.',
    permission: attentionAcknowledgePermission,
    params,
    body: reasonBodySchema,
    answer,
  },
});
