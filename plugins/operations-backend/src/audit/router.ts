import { auditEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { Response } from 'express';
import { attach } from '../lib/attach';
import type { Route } from '../lib/routes';
import type { AuditService } from './AuditService';
import type { CheckpointKeys } from './checkpoints/CheckpointKeys';
import type { CheckpointService } from './checkpoints/CheckpointService';
import type { CheckpointStore } from './checkpoints/CheckpointStore';
import { EXPORT_FORMATS, writeEntries, writeLines } from './export';
import type { TrailVerifier } from './TrailVerifier';

/** Routes that read, verify and export the audit trail. */
export function auditRoutes(options: {
  audit: AuditService;
  verifier: TrailVerifier;
  keys: CheckpointKeys;
  store: CheckpointStore;
  checkpoints: CheckpointService;
}): Route[] {
  const { audit, verifier, keys, store, checkpoints } = options;
  return attach('audit', auditEndpoints, {
    'GET /audit': c => audit.list(c.query, c.access),
    'GET /audit/verification': () => verifier.verify(),
    'POST /audit/verification': c => verifier.verifyAll(c.body().checkpoints),
    'GET /audit/keys': () => ({ items: keys.published }),
    'GET /audit/checkpoint': () => checkpoints.present(),
    'GET /audit/checkpoints': c => store.list(c.query),
    async 'GET /audit/checkpoints/export'(_, res) {
      beginFile(res, 'jsonl', 'audit-checkpoints.jsonl');
      for (const one of await store.all())
        res.write(`${JSON.stringify(one)}\n`);
      res.end();
    },
    async 'GET /audit/export'(c, res) {
      const { format, ...filter } = c.query;
      beginFile(res, format, `audit.${format}`);
      await writeEntries(res, format, audit.pages(filter, c.access));
    },
    async 'GET /audit/chain'(c, res) {
      const rows = await audit.chain(c.access);
      beginFile(res, 'jsonl', 'audit-chain.jsonl');
      await writeLines(res, rows);
    },
  });
}

function beginFile(
  res: Response,
  format: keyof typeof EXPORT_FORMATS,
  name: string,
): void {
  res.setHeader('content-type', EXPORT_FORMATS[format]);
  res.setHeader('content-disposition', `attachment; filename="${name}"`);
}
