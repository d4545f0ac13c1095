/** A job of a queue. An id alone may be that of another job, which was added since. */
export interface QueuedJobRef {
  id: string;
  /** Epoch ms, where known. */
  createdAt?: number;
}

/** Names of a queue's keys, as BullMQ forms them. */
export interface QueueKeys {
  /** List of job ids: pushed on the left, taken from the right. */
  wait: string;
  /** List: what `wait` is while the queue is paused. */
  paused: string;
  /** Sorted set: waiting jobs with a priority. */
  prioritized: string;
  delayed: string;
  /** List: jobs that a worker has. */
  active: string;
  /** Sorted set, scored by the epoch ms of the end. */
  completed: string;
  /** Sorted set, scored by the epoch ms of the end. */
  failed: string;
  /** Stream, of bounded length. */
  events: string;
  /** Hash: the queue's settings; every queue has one. */
  meta: string;
  /** Sorted set: schedulers, scored by the epoch ms of their next job. */
  repeat: string;
  /** Hash of a job; with suffixes `:lock`, `:logs`, `:dependencies` … its companions. */
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
