import { z } from 'zod';
import { pageQuerySchema, pageSchema } from '../lib';
import { auditEntrySchema, auditQuerySchema, auditVerificationSchema } from '.';
import { defineEndpoints } from '../lib/endpoint';
import { auditReadPermission } from '../permissions';
import {
  auditCheckpointSchema,
  auditKeysSchema,
  verifyAuditSchema,
} from './checkpoint';

const JSON_LINES = 'application/x-ndjson';

/** @internal */
export const auditEndpoints = defineEndpoints({
  'GET /audit': {
    operationId: 'searchAudit',
    summary: 'Search the audit trail',
    description: 'Who did what to what, when and why, the newest first.',
    permission: auditReadPermission,
    query: auditQuerySchema,
    answer: pageSchema(auditEntrySchema),
    agents: 'safe',
  },
  'GET /audit/verification': {
    operationId: 'getAuditVerification',
    summary: 'Verify that the audit trail is whole',
    permission: auditReadPermission,
    answer: auditVerificationSchema,
  },
  'POST /audit/verification': {
    operationId: 'verifyAudit',
    summary: 'Verify the audit trail against checkpoints',
    description:
      'Whether the trail is whole, and is what these checkpoints, kept elsewhere, were signed for.',
    permission: auditReadPermission,
    body: verifyAuditSchema,
    answer: auditVerificationSchema,
    kind: 'query',
  },
  'GET /audit/keys': {
    operationId: 'listAuditKeys',
    summary: 'List the public keys of checkpoints',
    permission: auditReadPermission,
    answer: auditKeysSchema,
  },
  'GET /audit/checkpoint': {
    operationId: 'signAuditCheckpoint',
    summary: 'Sign a checkpoint of the audit trail',
    description: 'The present state, signed, to be kept elsewhere.',
    permission: auditReadPermission,
    answer: auditCheckpointSchema,
  },
  'GET /audit/checkpoints': {
    operationId: 'listAuditCheckpoints',
    summary: 'List the checkpoints of the audit trail',
    description: 'Signed states that were kept, the newest first.',
    permission: auditReadPermission,
    query: pageQuerySchema,
    answer: pageSchema(auditCheckpointSchema),
  },
  'GET /audit/checkpoints/export': {
    operationId: 'exportAuditCheckpoints',
    summary: 'Export the checkpoints of the audit trail',
    description: 'As lines of JSON.',
    permission: auditReadPermission,
    produces: [JSON_LINES],
  },
  'GET /audit/export': {
    operationId: 'exportAudit',
    summary: 'Export the audit trail',
    description: 'The entries that match, as CSV or lines of JSON.',
    permission: auditReadPermission,
    query: auditQuerySchema
      .omit({ cursor: true, limit: true })
      .extend({ format: z.enum(['csv', 'jsonl']).default('csv') }),
    produces: ['text/csv', JSON_LINES],
  },
  'GET /audit/chain': {
    operationId: 'exportAuditChain',
    summary: 'Export the chain of the audit trail',
    description:
      'The chained rows as lines of JSON, the oldest first, for verification elsewhere.',
    permission: auditReadPermission,
    produces: [JSON_LINES],
  },
});
