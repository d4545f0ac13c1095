import type { RequestKey } from '@craft-easy/operations-sdk/jobs';

/** Where the parts find each other. */
export interface DemoConfig {
  redisUrl: string;
  namespace: string | undefined;
  /** Public keys of the portal. */
  requestKeys: RequestKey[];
  mailUrl: string;
  /** The night (1 is Monday) on which renewal reminders go out. */
  reminderWeekday: number;
}

function need(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set`);
  }
  return value;
}

/** What `GET /request-keys` of the portal lists, as JSON. */
export function readRequestKeys(): RequestKey[] {
  return JSON.parse(process.env.REQUEST_KEYS || '[]');
}

export function readConfig(): DemoConfig {
  return {
    // asked for when it is needed: declaring a job needs no Redis
    get redisUrl() {
      return need('REDIS_URL');
    },
    namespace: process.env.OPERATIONS_NAMESPACE || undefined,
    requestKeys: readRequestKeys(),
    mailUrl: process.env.MAIL_URL ?? 'http://127.0.0.1:7120',
    reminderWeekday: Number(process.env.REMINDER_WEEKDAY ?? 1),
  };
}
