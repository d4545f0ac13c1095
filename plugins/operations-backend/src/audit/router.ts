import {
  auditCheckpointSchema,
  auditEntrySchema,
  auditKeysSchema,
  auditQuerySchema,
  auditReadPermission,
  auditVerificationSchema,
  pageQuerySchema,
  pageSchema,
  verifyAuditSchema,
} from '@craft-easy/backstage-plugin-operations-common';
import { z } from 'zod';
import { ask, read, stream, type Route } from '../lib/routes';
import type { AuditService } from './AuditService';
import type { CheckpointKeys } from './checkpoints/CheckpointKeys';
import type { CheckpointService } from './checkpoints/CheckpointService';
import type { CheckpointStore } from './checkpoints/CheckpointStore';
import type { TrailVerifier } from './TrailVerifier';
import { EXPORT_FORMATS, writeEntries, writeLines } from './export';

const exportQuery = auditQuerySchema
  .omit({ cursor: true, limit: true })
  .extend({ format: z.enum(['csv', 'jsonl']).default('csv') });

/** The audit trail. */
export function auditRoutes(
  audit: AuditService,
  verifier: TrailVerifier,
  signed: {
    keys: CheckpointKeys;
    store: CheckpointStore;
    checkpoints: CheckpointService;
  },
): Route[] {
  const can = auditReadPermission;
  const file = { produces: ['text/csv', 'application/x-ndjson'] };
  const lines = { produces: ['application/x-ndjson'] };
  // prettier-ignore
  return [
    read('GET /audit', can, { summary: 'The audit trail, newest first', query: auditQuerySchema, answer: pageSchema(auditEntrySchema) }, c => audit.list(c.query, c.access)),
    read('GET /audit/verification', can, { summary: 'Whether the trail is whole', answer: auditVerificationSchema }, () => verifier.verify()),
    ask('POST /audit/verification', can, { summary: 'Whether it is whole, and what checkpoints kept elsewhere were signed for', body: verifyAuditSchema, answer: auditVerificationSchema }, c => verifier.verifyAll(c.body().checkpoints)),
    read('GET /audit/keys', can, { summary: 'Public keys of checkpoints', answer: auditKeysSchema }, async () => ({ items: signed.keys.published })),
    read('GET /audit/checkpoint', can, { summary: "The trail's present state, signed", answer: auditCheckpointSchema }, () => signed.checkpoints.present()),
    read('GET /audit/checkpoints', can, { summary: 'Signed states that were kept, newest first', query: pageQuerySchema, answer: pageSchema(auditCheckpointSchema) }, c => signed.store.list(c.query)),
    stream('GET /audit/checkpoints/export', can, { summary: 'Them as lines of JSON', ...lines }, async (_, res) => {
      res.setHeader('content-type', EXPORT_FORMATS.jsonl);
      res.setHeader('content-disposition', 'attachment; filename="audit-checkpoints.jsonl"');
      res.end((await signed.store.all()).map(one => `${JSON.stringify(one)}\n`).join(''));
    }),
    stream('GET /audit/export', can, { summary: 'The trail as a file', query: exportQuery, ...file }, async (c, res) => {
      const { format, ...filter } = c.query;
      res.setHeader('content-type', EXPORT_FORMATS[format]);
      res.setHeader('content-disposition', `attachment; filename="audit.${format}"`);
      await writeEntries(res, format, audit.pages(filter, c.access));
    }),
    stream('GET /audit/chain', can, { summary: 'The chained rows as lines of JSON, oldest first, for verification elsewhere', ...lines }, async (c, res) => {
      const rows = await audit.chain(c.access);
      res.setHeader('content-type', EXPORT_FORMATS.jsonl);
      res.setHeader('content-disposition', 'attachment; filename="audit-chain.jsonl"');
      await writeLines(res, rows);
    }),
  ];
}
