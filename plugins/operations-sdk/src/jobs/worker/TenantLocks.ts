import { executeScript } from '../../redis/script';
import type { WorkerRuntime } from '../runtime';
import { releaseTenantLock, takeTenantLock } from '../scripts';

/** Life of a lock whose holder renews it no more. */
const LOCK_TTL_MS = 30_000;

/**
 * One run at a time per tenant, for jobs that execute several runs at a time. A lock is renewed
 * with the heartbeat and lapses when its worker dies.
 */
export class TenantLocks {
  /** Run → key of the lock that it has. */
  private readonly held = new Map<string, string>();

  constructor(
    private readonly runtime: Pick<WorkerRuntime, 'client' | 'keys'>,
  ) {}

  /** @returns whether the run has the lock now */
  async take(job: string, tenant: string, runId: string): Promise<boolean> {
    const key = this.runtime.keys.tenantLock(job, tenant);
    const taken = await this.renew(key, runId);
    if (taken) {
      this.held.set(runId, key);
    }
    return taken;
  }

  /** Does nothing where the run has no lock. */
  async release(runId: string): Promise<void> {
    const key = this.held.get(runId);
    if (key !== undefined) {
      this.held.delete(runId);
      await executeScript(
        this.runtime.client,
        releaseTenantLock,
        [key],
        [runId],
      );
    }
  }

  async renewAll(): Promise<void> {
    await Promise.all(
      [...this.held].map(([runId, key]) => this.renew(key, runId)),
    );
  }

  private async renew(key: string, runId: string): Promise<boolean> {
    const answer = await executeScript(
      this.runtime.client,
      takeTenantLock,
      [key],
      [runId, LOCK_TTL_MS],
    );
    return answer === 1;
  }
}
