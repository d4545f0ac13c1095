import { auditReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionFact,
  AttentionSource,
} from '@craft-easy/backstage-plugin-operations-node';
import { worded } from '../attention/words';
import type { CheckpointService } from './checkpoints/CheckpointService';
import type { TrailMemory } from './TrailMemory';
import { sentence } from '../lib/sentences';

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
          ...worded(
            sentence('audit-changed'),
            sentence('audit-changed-advice', { problem: memory.problem }),
          ),
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
          ...worded(
            sentence('audit-kept-nowhere-else'),
            sentence(canSign ? 'audit-unkept' : 'audit-unsigned'),
          ),
          subject: SUBJECT,
          since: began,
          place: PLACE,
        });
      }
      return facts;
    },
  };
}
