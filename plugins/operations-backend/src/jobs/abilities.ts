import type { Sentence } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  ABILITIES,
  type Schedule,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  Ability,
  AbilityState,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDisplay, JobRow } from './jobRow';
import { inEnglish, sentence } from '../lib/sentences';

/** What is possible with a job, and why the rest is not. */
export type Abilities = Readonly<Record<Ability, WordedState>>;

/** Why something is impossible is a text of the engine or the platform, or a sentence of ours. */
type WordedState = AbilityState & { words?: Sentence };

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
): WordedState {
  if (engine) return engine[ability];
  // a log comes by the protocol, not by the engine
  if (ability === 'log') return { able: true };
  return unable(sentence('because-no-engine', { engine: name }));
}

/** Who fires a job, in the words of its registration. */
export function firedBy(schedule: Schedule): string {
  return schedule.firedBy ?? 'another scheduler';
}

function unprovenBy(
  display: Pick<JobDisplay, 'schedule'> | null,
): WordedState | undefined {
  const schedule = display?.schedule;
  if (schedule?.by !== 'external') return undefined;
  return unable(sentence('because-unproven', { scheduler: firedBy(schedule) }));
}

function unable(words: Sentence): WordedState {
  return { able: false, because: inEnglish(words), words };
}
