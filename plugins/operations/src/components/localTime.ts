import { DateTime } from 'luxon';
import { viewerZone } from './time';

/** A time that the user is choosing in a `datetime-local` field. */
export interface LocalChoice {
  /** the text of the field */
  text: string;
  /** epoch ms; undefined: the text stands for no moment, or for two */
  at: number | undefined;
}

/** The choice of a field that is still empty. */
export const NO_TIME: LocalChoice = { text: '', at: undefined };

/** A time as a `datetime-local` field has it. */
export function localText(at: number, zone = viewerZone()): string {
  return DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}

/**
 * The moments that a text of a `datetime-local` field stands for in a zone: one; none, where the
 * clocks skip it or it is not a time; or two, where the clocks show it twice, the earlier first.
 */
export function momentsOf(text: string, zone = viewerZone()): number[] {
  const wall = DateTime.fromISO(text, { zone: 'utc' });
  const time = DateTime.fromISO(text, { zone });
  if (!text || !time.isValid) return [];
  const shown = time.setZone('utc', { keepLocalTime: true });
  if (+shown !== +wall) return [];
  return time
    .getPossibleOffsets()
    .map(one => one.toMillis())
    .sort((a, b) => a - b);
}

/** Reads the text of a `datetime-local` field; which of two moments is meant has to be said. */
export function readLocal(text: string, zone = viewerZone()): LocalChoice {
  const moments = momentsOf(text, zone);
  return { text, at: moments.length === 1 ? moments[0] : undefined };
}

/** Why a text stands for no moment yet: the clocks skip it, or show it twice. */
export function doubtOf(
  choice: LocalChoice,
  zone = viewerZone(),
): 'skipped' | 'twice' | undefined {
  if (choice.at !== undefined || !DateTime.fromISO(choice.text).isValid) {
    return undefined;
  }
  return momentsOf(choice.text, zone).length > 1 ? 'twice' : 'skipped';
}
