import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { ReasonT } from '../../components/reasons/messages';
import { abilityText } from '../../components/reasons/words';
import type { JobT } from '../messages';

type Ability = keyof JobDetail['abilities'];

/** What a page offers, in the order in which it names them; no action pauses a job yet. */
const OFFERED = [
  'run',
  'cancel',
  'retry',
  'scheduleProof',
  'log',
] as const satisfies Ability[];

/** Whether no action is possible with a declared job. */
export function isOnlyWatched({ declared, abilities }: JobDetail): boolean {
  const { run, cancel, retry } = abilities;
  return declared && !run.able && !cancel.able && !retry.able;
}

/** What is not possible with a job, and why. */
export function missingAbilities(
  t: JobT,
  reasons: ReasonT,
  job: Pick<JobDetail, 'abilities' | 'schedule' | 'words'>,
): Array<{ what: string; because: string }> {
  return OFFERED.flatMap(ability => {
    // without a schedule there is nothing to prove
    if (ability === 'scheduleProof' && job.schedule === null) return [];
    const because = abilityText(reasons, job, ability);
    return because === undefined
      ? []
      : [{ what: t(`abilities.${ability}`), because }];
  });
}
