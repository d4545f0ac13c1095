import { Duration } from 'luxon';

/** A length of time, in words: `{ minutes: 5 }`. Days have 24 hours. @public */
export interface DurationInput {
  weeks?: number;
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  milliseconds?: number;
}

/** Milliseconds of a duration. */
export function toMillis(duration: DurationInput): number {
  return Duration.fromObject(duration).toMillis();
}
