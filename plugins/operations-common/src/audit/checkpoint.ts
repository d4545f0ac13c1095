import { z } from 'zod';

/**
 * The trail's state at a time, signed, so that it can be kept outside of the database: a trail that
 * was cut short, rewritten or replaced whole does not fit it. `head` says where the chain ended;
 * `start` says up to where rows were pruned, and is what verification begins with from then on.
 */
export const auditCheckpointSchema = z.strictObject({
  v: z.literal(1),
  kind: z.enum(['head', 'start']),
  /** of the last row that it covers */
  sequence: z.number().int().positive(),
  /** of that row */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  keyId: z.string().min(1).max(100),
  /** Ed25519 over {@link checkpointText}, base64url */
  signature: z.string().regex(/^[\w-]{86}$/),
});
/** @public */
export type AuditCheckpoint = z.infer<typeof auditCheckpointSchema>;

/** What is signed of a checkpoint. @public */
export function checkpointText(
  checkpoint: Omit<AuditCheckpoint, 'signature'>,
): string {
  const { kind, sequence, hash, at, keyId } = checkpoint;
  return `operations-audit-checkpoint/1\n${kind} ${sequence}\n${hash}\n${at}\n${keyId}\n`;
}

/** A key by which checkpoints, or requests, are verified. */
const auditKeySchema = z.object({
  id: z.string(),
  algorithm: z.literal('Ed25519'),
  /** SubjectPublicKeyInfo as PEM */
  publicKey: z.string(),
  /** whether what is new is signed with it */
  signs: z.boolean(),
});
export type AuditKey = z.infer<typeof auditKeySchema>;

/** Answer of `GET /audit/keys`. */
export const auditKeysSchema = z.object({ items: z.array(auditKeySchema) });

/** Body of `POST /audit/verification`: checkpoints that were kept elsewhere. */
export const verifyAuditSchema = z.strictObject({
  checkpoints: z.array(auditCheckpointSchema).min(1).max(1000),
});
