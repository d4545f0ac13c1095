/** What the soak and its workers agree on. */
export const JOBS = { asked: 'soak-asked', scheduled: 'soak-scheduled' };

/** Runs of the asked job that a worker has at once. */
export const AT_ONCE = 10;

/** Set in Redis: `<run id> <execution>`. */
export const EXECUTIONS = 'soak:executions';
