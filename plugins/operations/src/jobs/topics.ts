/** Signals that jobs' pages heed. */
export const JOB_TOPICS = ['jobs', 'runs'] as const;
/** Signals after which an audit trail may have grown. */
export const AUDIT_TOPICS = ['audit', 'jobs', 'runs'] as const;
