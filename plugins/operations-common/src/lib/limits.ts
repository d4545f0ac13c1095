/** Fewest characters, blanks at the ends not counted, of a reason. */
export const MIN_REASON_LENGTH = 8;
/** Most characters of a reason. */
export const MAX_REASON_LENGTH = 1000;
