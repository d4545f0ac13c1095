/**
 * The hash chain of the audit trail.
 *
 * The trail is one table. An action appends two rows to it: the intent before the effect, and the
 * outcome after it. Rows are numbered from 1 without gaps. Each row stores
 *
 *   body           everything that the row says, as canonical JSON (RFC 8785)
 *   previous_hash  the hash of the row before; 64 zeros for the first row (`GENESIS`)
 *   hash           SHA-256 of previous_hash followed by body
 *
 * so a row can only be changed, removed, inserted or moved by recomputing every row after it. The
 * other columns repeat parts of the body for searching; verification compares them with the body.
 * The table's triggers refuse updates and deletes by the application.
 *
 * Appends are serialised over all replicas: the number and hash of the last row are kept in a row
 * of their own, which `AuditStore` locks. This recorded end also reveals rows cut from the end.
 *
 * Somebody with all rights on the database can still rewrite the whole table with a valid chain.
 * `checkpoints/` therefore signs the number and hash of the last row (Ed25519) from time to time,
 * and copies the signature to places outside of the database. Retention (`retention.ts`) deletes
 * rows up to such a checkpoint and leaves a signed one in their place, at which the chain begins.
 *
 * `verification.ts` walks the rows and checks all of this. The hash needs nothing but the text, so
 * an auditor can verify an export without this portal.
 */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Hash that the first row follows. */
export const GENESIS = '0'.repeat(64);

/**
 * The content of a row: everything that is hashed. The intent says who wants what; the outcome
 * says how it ended.
 */
export interface AuditBody {
  sequence: number;
  entryId: string;
  kind: 'intent' | 'outcome';
  /** epoch ms */
  at: number;
  actor: string;
  action: string;
  target: string;
  onBehalfOf?: string;
  jobId?: string;
  tenant?: string;
  reason?: string;
  parameters?: unknown;
  outcome?: 'succeeded' | 'refused' | 'failed' | 'unknown';
  error?: string;
  before?: unknown;
  after?: unknown;
  /** the second person, where one was needed */
  approval?: {
    id: string;
    approvedBy: string;
    approvedAt: string;
    reason: string;
  };
  requestId?: string;
  ip?: string;
  userAgent?: string;
}

/** RFC 8785 JSON: the same text for the same value, whichever implementation writes it. */
export function canonicalJson(value: unknown): string {
  // The round trip comes first, so that values that JSON cannot express (undefined, NaN, dates)
  // do not make the text depend on the writer.
  return canonicalize(JSON.parse(JSON.stringify(value))) ?? 'null';
}

/** Hashes a row: its predecessor's hash, then its own text. */
export function hashRow(previousHash: string, body: string): string {
  return createHash('sha256').update(previousHash).update(body).digest('hex');
}
