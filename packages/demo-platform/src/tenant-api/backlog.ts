/**
 * A partner system that hands one tenant's imports over through the API. More come in than the
 * normal limit lets through, so they pile up, until somebody lifts the limit.
 */
export interface Backlog {
  /** imports that wait */
  readonly waiting: number;
  readonly sent: number;
  stop(): void;
}

const TICK_MS = 250;

export function startBacklog(options: {
  url: string;
  tenant: string;
  /** imports that come in per second */
  perSecond: number;
  max: number;
}): Backlog {
  let waiting = 0;
  let sent = 0;
  let busy = false;
  let pausedUntil = 0;

  async function drain(): Promise<void> {
    if (busy || Date.now() < pausedUntil) return;
    busy = true;
    try {
      while (waiting >= 1) {
        const response = await fetch(
          `${options.url}/t/${options.tenant}/bookings`,
          {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ what: `import ${sent + 1}` }),
          },
        );
        await response.arrayBuffer();
        if (!response.ok) {
          // asks again before Retry-After: an operator may lift the limit meanwhile
          pausedUntil = Date.now() + 1_000;
          return;
        }
        waiting -= 1;
        sent += 1;
      }
    } catch {
      pausedUntil = Date.now() + 2_000;
    } finally {
      busy = false;
    }
  }

  const timer = setInterval(() => {
    waiting = Math.min(
      options.max,
      waiting + (options.perSecond * TICK_MS) / 1000,
    );
    drain();
  }, TICK_MS);
  return {
    get waiting() {
      return Math.floor(waiting);
    },
    get sent() {
      return sent;
    },
    stop: () => clearInterval(timer),
  };
}
