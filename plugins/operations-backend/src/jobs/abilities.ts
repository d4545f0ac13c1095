import {
  ABILITIES,
  type Schedule,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  Ability,
  AbilityState,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDisplay, JobRow } from './jobRow';

/** What is possible with a job, and why the rest is not. */
export type Abilities = Readonly<Record<Ability, AbilityState>>;

/**
 * What is possible with a job: what its engine can, less what its registration takes away. The
 * registration's reasons go first, since the platform knows more of the job than its engine does.
 *
 * @param engine - what the engine declares; `undefined` if this portal has no such engine
 */
export function abilitiesOf(
  job: Pick<JobRow, 'engine'>,
  display: Pick<JobDisplay, 'abilities' | 'schedule'> | null,
  engine: Abilities | undefined,
): Abilities {
  const states = ABILITIES.map(ability => {
    const own = display?.abilities?.[ability];
    if (own && !own.able) return [ability, own];
    const unproven = ability === 'scheduleProof' && unprovenBy(display);
    return [ability, unproven || byEngine(ability, job.engine, engine)];
  });
  return Object.fromEntries(states);
}

function byEngine(
  ability: Ability,
  name: string,
  engine: Abilities | undefined,
): AbilityState {
  if (engine) return engine[ability];
  // a log comes by the protocol, not by the engine
  if (ability === 'log') return { able: true };
  return {
    able: false,
    because: `this portal has no engine named ${name}: its module is not installed`,
  };
}

/** Who fires a job, in the words of its registration. */
export function firedBy(schedule: Schedule): string {
  return schedule.firedBy ?? 'another scheduler';
}

function unprovenBy(
  display: Pick<JobDisplay, 'schedule'> | null,
): AbilityState | undefined {
  const schedule = display?.schedule;
  if (schedule?.by !== 'external') return undefined;
  return {
    able: false,
    because: `only ${firedBy(schedule)}, which fires the job, can prove it`,
  };
}
