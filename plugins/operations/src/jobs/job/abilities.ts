import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';

type Ability = keyof JobDetail['abilities'];

/** What a page offers, in the order in which it names them; no action pauses a job yet. */
const OFFERED: Array<[Ability, string]> = [
  ['run', 'Run'],
  ['cancel', 'Cancel'],
  ['retry', 'Retry'],
  ['scheduleProof', 'Proof of its schedule'],
  ['log', 'Log'],
];

/** Whether no action is possible with a declared job. */
export function isOnlyWatched({ declared, abilities }: JobDetail): boolean {
  const { run, cancel, retry } = abilities;
  return declared && !run.able && !cancel.able && !retry.able;
}

/** What is not possible with a job, and why. */
export function missingAbilities(
  job: Pick<JobDetail, 'abilities' | 'schedule'>,
): Array<{ what: string; because: string }> {
  return OFFERED.flatMap(([ability, what]) => {
    const state = job.abilities[ability];
    // without a schedule there is nothing to prove
    if (ability === 'scheduleProof' && job.schedule === null) return [];
    return state.able ? [] : [{ what, because: state.because }];
  });
}
