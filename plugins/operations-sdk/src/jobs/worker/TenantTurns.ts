import { releaseTurn, renewTurn } from '../redis/tenantTurn';
import { runScript } from '../redis/script';
import type { WorkerRuntime } from './runtime';

/** Life of a turn whose holder is not heard of any more. */
const TURN_TTL_MS = 30_000;

/** One run at a time per tenant, for jobs that run several at a time. A turn is renewed with the heartbeat and lapses when its worker dies. */
export class TenantTurns {
  /** key of the turn → run that has it */
  private readonly held = new Map<string, string>();

  constructor(
    private readonly runtime: Pick<WorkerRuntime, 'client' | 'keys'>,
  ) {}

  /** @returns whether the run has the turn now */
  async take(job: string, tenant: string, runId: string): Promise<boolean> {
    const key = this.runtime.keys.tenantLock(job, tenant);
    const got = await runScript(
      this.runtime.client,
      renewTurn,
      [key],
      [runId, TURN_TTL_MS],
    );
    if (got === 1) {
      this.held.set(key, runId);
    }
    return got === 1;
  }

  async release(job: string, tenant: string, runId: string): Promise<void> {
    const key = this.runtime.keys.tenantLock(job, tenant);
    this.held.delete(key);
    await runScript(this.runtime.client, releaseTurn, [key], [runId]);
  }

  async renew(): Promise<void> {
    await Promise.all(
      [...this.held].map(([key, runId]) =>
        runScript(this.runtime.client, renewTurn, [key], [runId, TURN_TTL_MS]),
      ),
    );
  }
}
