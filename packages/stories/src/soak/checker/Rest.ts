/**
 * Whether everything has come to rest: each run, delivery, replay and purge that was accepted or
 * begun before a moment has ended, or is shown with the reason why it did not.
 */
import { each, type Api } from './Api';
import type { Facts } from './Facts';

/** Something that has not ended, and what the API says of it. */
export interface Open {
  kind: 'run' | 'delivery' | 'replay' | 'purge';
  id: string;
  says: string;
}

const ENDED = [
  'succeeded',
  'failed',
  'cancelled',
  'timed-out',
  'lost',
  'refused',
];
/** A run that ended so must say why. */
const NEEDS_REASON = ['failed', 'timed-out', 'lost', 'refused'];

export class Rest {
  /** the last answer about each run, purge and failed webhook that has come to rest */
  readonly runs = new Map<string, any>();
  readonly purges = new Map<string, any>();
  readonly failures = new Map<string, any>();
  private readonly replays = new Set<string>();
  /** what Redis lost, and nobody else knows of: queued by platform code, not by the portal */
  readonly outside = new Set<string>();

  constructor(private readonly api: Api) {}

  /** What is open of all that was accepted or begun before a moment. */
  async open(facts: Facts, before: number): Promise<Open[]> {
    return [
      ...(await this.openRuns(facts, before)),
      ...(await this.openDeliveries(facts, before)),
      ...(await this.openReplays(facts, before)),
      ...(await this.openPurges(facts, before)),
    ];
  }

  private async openRuns(facts: Facts, before: number): Promise<Open[]> {
    const wanted = new Map<string, number>();
    /** of which the portal knows only what Redis brings it */
    const mayBeLost = new Set<string>();
    for (const { runId, at } of facts.of('enqueued')) {
      wanted.set(runId, at);
      mayBeLost.add(runId);
    }
    for (const { runId, at, by } of facts.of('began')) {
      wanted.set(runId, Math.min(at, wanted.get(runId) ?? at));
      // a process that lives says again what Redis lost; one that was killed cannot
      if (facts.diedAfter(by, at)) mayBeLost.add(runId);
      else mayBeLost.delete(runId);
    }
    for (const { final } of facts.accepted('run', 'retry')) {
      wanted.set(final!.body.run.id, final!.at);
      mayBeLost.delete(final!.body.run.id);
    }
    const open: Open[] = [];
    await each(wanted, async ([id, at]) => {
      if (at >= before || this.runs.has(id) || this.outside.has(id)) return;
      const run = await this.api.get(`/runs/${encodeURIComponent(id)}`);
      if (!run) {
        if (mayBeLost.has(id) && facts.lostAfter(at)) this.outside.add(id);
        else open.push({ kind: 'run', id, says: 'no such run' });
      } else if (!ENDED.includes(run.status)) {
        open.push({ kind: 'run', id, says: run.status });
      } else if (
        NEEDS_REASON.includes(run.status) &&
        !(run.errorMessage || run.error?.message || run.refusal?.message)
      ) {
        open.push({ kind: 'run', id, says: `${run.status}, without a reason` });
      } else {
        this.runs.set(id, run);
      }
    });
    return open;
  }

  private async openDeliveries(facts: Facts, before: number): Promise<Open[]> {
    const received = new Set(
      facts
        .of('received')
        .filter(({ status }) => status < 300)
        .map(({ id }) => id),
    );
    const open: Open[] = [];
    await each(facts.of('sent'), async ({ id, at }) => {
      if (at >= before || received.has(id)) return;
      if (this.failures.has(id) || this.outside.has(id)) return;
      const page = await this.api.get(`/webhook-failures?search=${id}&limit=1`);
      if (page.items.length > 0) this.failures.set(id, page.items[0]);
      else if (facts.lostAfter(at)) this.outside.add(id);
      else
        open.push({ kind: 'delivery', id, says: 'neither there nor failed' });
    });
    return open;
  }

  private async openReplays(facts: Facts, before: number): Promise<Open[]> {
    const ids = new Map<string, number>();
    for (const { path, final } of facts.accepted('replay')) {
      ids.set(path.split('/')[2], final!.at);
    }
    for (const { body, final } of facts.accepted('replay-bulk')) {
      for (const id of body.selection.ids) ids.set(id, final!.at);
    }
    const open: Open[] = [];
    await each(ids, async ([id, at]) => {
      const replay = `${id} ${at}`;
      if (at >= before || this.replays.has(replay)) return;
      const failure = await this.api.get(`/webhook-failures/${id}`);
      if (!failure) {
        open.push({ kind: 'replay', id, says: 'no such failure' });
        return;
      }
      const events = failure.history.filter(
        (event: any) => event.kind !== 'failed',
      );
      const last = events.at(-1)?.kind;
      if (failure.state === 'replaying' || last === 'replay-requested') {
        const since = failure.stateSince;
        open.push({
          kind: 'replay',
          id,
          says: `${failure.state} since ${since}, last ${last}`,
        });
      } else {
        this.replays.add(replay);
      }
    });
    return open;
  }

  private async openPurges(facts: Facts, before: number): Promise<Open[]> {
    const open: Open[] = [];
    await each(facts.accepted('purge'), async ({ final }) => {
      const { id } = final!.body.purge;
      if (final!.at >= before || this.purges.has(id)) return;
      const purge = await this.api.get(`/cache-purges/${id}`);
      if (!purge) {
        open.push({ kind: 'purge', id, says: 'no such purge' });
      } else if (!['succeeded', 'failed', 'cancelled'].includes(purge.status)) {
        open.push({ kind: 'purge', id, says: purge.status });
      } else if (purge.status === 'failed' && !purge.error) {
        open.push({ kind: 'purge', id, says: 'failed, without a reason' });
      } else {
        this.purges.set(id, purge);
      }
    });
    return open;
  }
}
