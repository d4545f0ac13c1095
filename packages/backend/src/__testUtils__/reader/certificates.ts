import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';

export async function expiringCertificates(
  _now: Date,
): Promise<AttentionFact[]> {
  return [];
}
