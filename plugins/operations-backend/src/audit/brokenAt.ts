import type {
  AuditVerification,
  Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { inEnglish } from '../lib/sentences';

/** Where a trail is not whole, and why. @param id - of the entry, where it is known */
export function brokenAt(
  sequence: number,
  why: Sentence,
  id = '',
): NonNullable<AuditVerification['brokenAt']> {
  return { sequence, id, why: inEnglish(why), words: { why } };
}
