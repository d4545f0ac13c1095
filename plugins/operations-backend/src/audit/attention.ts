import { auditReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionFact,
  AttentionSource,
} from '@craft-easy/backstage-plugin-operations-node';
import type { CheckpointService } from './checkpoints/CheckpointService';
import type { TrailMemory } from './TrailMemory';

const SUBJECT = { kind: 'audit', ref: 'audit', title: 'Audit trail' };
const PLACE = { kind: 'page', page: 'audit' } as const;

/** A trail that is not what it was, and a trail for which nothing outside its database vouches. */
export function auditAttention(options: {
  memory: Pick<TrailMemory, 'problem'>;
  checkpoints: Pick<CheckpointService, 'keptIn'>;
  canSign: boolean;
  now?: () => number;
}): AttentionSource {
  const { memory, checkpoints, canSign } = options;
  const began = new Date((options.now ?? Date.now)());
  return {
    id: 'audit',
    permission: auditReadPermission.name,
    async getFacts() {
      const facts: AttentionFact[] = [];
      if (memory.problem) {
        facts.push({
          key: 'audit-changed',
          kind: 'audit-changed',
          severity: 'critical',
          title: 'The audit trail is not what it was',
          detail: `${memory.problem}. Keep the database as it is, and call the people responsible for security.`,
          subject: SUBJECT,
          since: began,
          place: PLACE,
        });
      }
      if (!canSign || !checkpoints.keptIn.length) {
        facts.push({
          key: 'audit-kept-nowhere-else',
          kind: 'audit-kept-nowhere-else',
          severity: 'low',
          title: 'Nothing outside of its database vouches for the audit trail',
          detail: canSign
            ? 'Set operations.audit.checkpoints.file, or add an archive: whoever replaces the database replaces its checkpoints too.'
            : 'Set operations.audit.checkpoints.keys and file: without signed checkpoints, a trail that was replaced as a whole looks whole.',
          subject: SUBJECT,
          since: began,
          place: PLACE,
        });
      }
      return facts;
    },
  };
}
