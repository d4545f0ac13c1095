import type {
  RunClaims,
  RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';

/**
 * A record of the stream, as far as it may be believed. Anybody who can write to Redis can write
 * one, so what it says of people is a claim: the recorder takes these facts from what the portal
 * itself wrote down when it requested the run.
 */
export function asClaimed(record: RunRecord): RunRecord {
  const { triggeredBy, reason, cancelledBy, permission, ...rest } = record;
  const claims: RunClaims = { ...record.claims };
  const byHand = rest.trigger === 'manual' || rest.trigger === 'retry';
  if (byHand) claims.trigger ??= rest.trigger;
  // a worker names itself where nobody is proven to have asked
  if (triggeredBy && !triggeredBy.startsWith('worker:')) {
    claims.triggeredBy ??= triggeredBy;
  }
  if (reason) claims.reason ??= reason;
  if (cancelledBy) claims.cancelledBy ??= cancelledBy;
  return {
    ...rest,
    trigger: byHand ? 'api' : rest.trigger,
    claims: Object.keys(claims).length > 0 ? claims : undefined,
  };
}
