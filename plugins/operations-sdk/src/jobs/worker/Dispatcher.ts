import type { Job, Queue } from 'bullmq';
import { derivedRunId } from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobDefinition } from '../declare/types';
import { manualRunRefusal } from '../run/refusals';
import { readRequest } from '../run/request';
import { fanOut } from '../schedule/dispatch';
import { proveSlot } from '../schedule/proof';
import type { NonRuns } from './NonRuns';
import type { WorkerRuntime } from './runtime';

/** Turns the scheduler's job of a tenant-scoped job into a run per tenant. */
export class Dispatcher {
  constructor(
    private readonly runtime: WorkerRuntime,
    private readonly definition: JobDefinition,
    private readonly queue: Queue,
    private readonly nonRuns: NonRuns,
  ) {}

  /** A scheduler's job of a tenant-scoped job is no run: it queues one per tenant. */
  async dispatch(
    job: Job,
    token: string | undefined,
    slot: number,
  ): Promise<unknown> {
    const { definition, runtime, queue } = this;
    const { name } = definition;
    const runId = derivedRunId(name, job.id!);
    const tenants = await runtime.tenants();
    const proof = await proveSlot(
      runtime,
      queue,
      definition,
      slot,
      runId,
      tenants,
    );
    if (proof === 'claimed' || proof === 'again') {
      // of a dispatch that died half-way, those that have not been executed yet
      const granted =
        proof === 'claimed'
          ? tenants
          : await runtime.client.smembers(runtime.keys.grants(name, slot));
      const runs = await fanOut(
        runtime,
        queue,
        definition,
        job,
        slot,
        granted,
        'schedule',
      );
      return { runs };
    }
    if (definition.manualRun) {
      return {
        runs: await fanOut(
          runtime,
          queue,
          definition,
          job,
          slot,
          tenants,
          'api',
        ),
      };
    }
    if (proof === 'early') {
      return this.nonRuns.putBack(job, token, slot);
    }
    return this.nonRuns.refuse(
      job,
      readRequest(name, job),
      'api',
      manualRunRefusal(definition, 'this run does not come from its schedule'),
    );
  }
}
