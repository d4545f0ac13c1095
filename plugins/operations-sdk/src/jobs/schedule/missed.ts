/*
 * Why a slot of a guarded job is missed: it was not started, and will not be.
 */
import { Duration } from 'luxon';
import type { Refusal } from '../run/request';
import type { ClaimReplicas } from './Claims';

/** @param end - the moment from which the slot may start no more */
export function lateSlot(slot: number, end: number, now: number): Refusal {
  return {
    rule: 'late-slot',
    message: `The slot of ${iso(slot)} may start until ${iso(
      end,
    )} only. A worker took it ${human(
      now - end,
    )} too late, and does not run it`,
  };
}

/** A tenant's run of a slot that is no longer the newest dispatched one. */
export function supersededSlot(slot: number, now: number): Refusal {
  return {
    rule: 'late-slot',
    message: `The slot of ${iso(
      slot,
    )} is not the newest one that was dispatched. A worker took the tenant's run ${human(
      now - slot,
    )} after its slot, and does not run it`,
  };
}

/** A tenant's run of a slot that an older declaration has dispatched, as in a rolling deploy. */
export function foreignSlot(slot: number): Refusal {
  return {
    rule: 'late-slot',
    message: `The slot of ${iso(
      slot,
    )} was dispatched by another declaration of the job. The schedule in force has no such slot, so no worker can prove the tenant's run any more`,
  };
}

export function tooFewReplicas(
  acknowledged: number,
  { count, timeoutMs }: ClaimReplicas,
): Refusal {
  return {
    rule: 'claim-replicas',
    message: `Within ${timeoutMs} ms ${acknowledged} of ${count} replicas of Redis held the claim of the slot. A fail-over could forget the claim, so the run did not start`,
  };
}

export function noWitness(why: string): Refusal {
  return {
    rule: 'claim-witness',
    message:
      `The witness of claims did not answer, so the run did not start: ${why}`.slice(
        0,
        1000,
      ),
  };
}

function iso(moment: number): string {
  return Number.isFinite(moment) ? new Date(moment).toISOString() : 'ever';
}

function human(ms: number): string {
  return Duration.fromMillis(ms).rescale().toHuman({ unitDisplay: 'short' });
}
