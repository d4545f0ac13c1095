/** Signals that the inbox heeds. */
export const WEBHOOK_TOPICS = ['webhooks'] as const;
