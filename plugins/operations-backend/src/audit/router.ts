import {
  auditEntrySchema,
  auditQuerySchema,
  auditReadPermission,
  auditVerificationSchema,
  pageSchema,
} from '@craft-easy/backstage-plugin-operations-common';
import { z } from 'zod';
import { read, stream, type Route } from '../lib/routes';
import type { AuditService } from './AuditService';
import { EXPORT_FORMATS, writeExport } from './export';

const exportQuery = auditQuerySchema
  .omit({ cursor: true, limit: true })
  .extend({ format: z.enum(['csv', 'jsonl']).default('csv') });

/** The audit trail. */
export function auditRoutes(audit: AuditService): Route[] {
  const can = auditReadPermission;
  // prettier-ignore
  return [
    read('GET /audit', can, { summary: 'The audit trail, newest first', query: auditQuerySchema, answer: pageSchema(auditEntrySchema) }, c => audit.list(c.query, c.access)),
    read('GET /audit/verification', can, { summary: 'Whether the trail is whole', answer: auditVerificationSchema }, () => audit.verify()),
    stream('GET /audit/export', can, { summary: 'The trail as a file', query: exportQuery, produces: ['text/csv', 'application/x-ndjson'] }, async (c, res) => {
      const { format, ...filter } = c.query;
      res.setHeader('content-type', EXPORT_FORMATS[format]);
      res.setHeader('content-disposition', `attachment; filename="audit.${format}"`);
      await writeExport(res, format, audit.pages(filter, c.access));
    }),
  ];
}
