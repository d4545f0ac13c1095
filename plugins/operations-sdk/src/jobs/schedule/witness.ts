import { withTimeout } from '@craft-easy/backstage-plugin-operations-protocol/internal';

/** What a witness is asked about. @public */
export interface WitnessedClaim {
  job: string;
  /** The slot of the schedule, epoch milliseconds. */
  slot: number;
  /** `''` where the job is not tenant-scoped. */
  tenant: string;
  /** The same for every execution of the slot. */
  runId: string;
  /** Of this execution alone: a claim belongs to an execution. */
  executionId: string;
}

/**
 * Keeps the claims of guarded slots outside Redis, so that a slot is executed once also when Redis
 * has forgotten its claim. It is asked after Redis and before the handler.
 * @public
 */
export interface SlotWitness {
  /**
   * Claims a slot (of a tenant) for an execution, durably. The first execution gets `mine`, also
   * when it asks again; every other one gets `taken`. Where it rejects or does not answer, the run
   * does not start.
   */
  claim(claim: WitnessedClaim): Promise<'mine' | 'taken'>;
}

/** How long a witness may take for an answer; it is asked twice. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * What the witness says.
 * @throws Error if it does not answer
 */
export async function askWitness(
  witness: SlotWitness,
  claim: WitnessedClaim,
): Promise<'mine' | 'taken'> {
  const ask = async () => {
    const answer = await withTimeout(ANSWER_WITHIN_MS, witness.claim(claim));
    if (answer !== 'mine' && answer !== 'taken') {
      throw new Error(`it answered ${JSON.stringify(answer)}`);
    }
    return answer;
  };
  // the answer may have been lost: an execution may ask again
  return ask().catch(ask);
}
