/** Most records that one message carries. */
export const MAX_RECORDS_PER_MESSAGE = 100;

/** How often a reader compares revisions, as a net under the messages. */
export const CONTROLS_POLL_MS = 1_000;
