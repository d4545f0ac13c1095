/** Names of a queue's keys, as BullMQ forms them. */
export interface QueueKeys {
  wait: string;
  paused: string;
  prioritized: string;
  delayed: string;
  active: string;
  completed: string;
  failed: string;
  events: string;
  meta: string;
  repeat: string;
  job(id: string): string;
}

export function queueKeys(prefix: string, queue: string): QueueKeys {
  const base = `${prefix}:${queue}`;
  return {
    wait: `${base}:wait`,
    paused: `${base}:paused`,
    prioritized: `${base}:prioritized`,
    delayed: `${base}:delayed`,
    active: `${base}:active`,
    completed: `${base}:completed`,
    failed: `${base}:failed`,
    events: `${base}:events`,
    meta: `${base}:meta`,
    repeat: `${base}:repeat`,
    job: id => `${base}:${id}`,
  };
}
