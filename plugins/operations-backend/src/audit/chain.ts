import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Hash that the first row follows. */
export const GENESIS = '0'.repeat(64);

/** What a row says: everything that is hashed. The intent says who wants what; the outcome how it ended. */
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
  href?: string;
  tenant?: string;
  reason?: string;
  parameters?: unknown;
  outcome?: 'succeeded' | 'refused' | 'failed';
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

/** RFC 8785 JSON: the same text for the same value, whoever writes it. */
export function canonicalJson(value: unknown): string {
  // a round trip first: what JSON cannot say (undefined, NaN, dates) must not make the text depend on the writer
  return canonicalize(JSON.parse(JSON.stringify(value))) ?? 'null';
}

/** Hash of a row: of its predecessor's hash and its own text. */
export function hashRow(previousHash: string, body: string): string {
  return createHash('sha256').update(previousHash).update(body).digest('hex');
}
