/** Signals after which the pages of jobs may have changed. */
export const JOB_TOPICS = ['jobs', 'runs'] as const;
/** Signals after which the audit trail may have grown. */
export const AUDIT_TOPICS = ['audit', 'jobs', 'runs'] as const;
