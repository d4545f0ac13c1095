/** What the soak and its workers agree on. */
export const JOBS = { asked: 'soak-asked', scheduled: 'soak-scheduled' };

/** Set in Redis: `<run id> <execution>`. */
export const EXECUTIONS = 'soak:executions';
