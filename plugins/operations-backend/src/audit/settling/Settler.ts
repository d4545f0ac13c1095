import type { LoggerService } from '@backstage/backend-plugin-api';
import type { AnyAction, Fact, OpenAction } from '../../lib/actions';
import type { Route } from '../../lib/routes';
import type { AuditStore, NewAuditRow } from '../AuditStore';
import { outcomeOf } from '../entryRows';
import type { OpenEntries, OpenEntry } from './OpenEntries';

/** An entry whose beat has not grown for this long is that of a process that died. */
const DEAD_AFTER_MS = 5_000;
/** Facts may come later than the crash: a worker reports a run, for example. */
const FACTS_WITHIN_MS = 60_000;

const DIED = 'The portal’s process ended before it could say how this went.';

/**
 * Settles entries of the trail whose process died between intent and outcome: from the facts, as
 * `succeeded`, or `failed` where nothing was done; else as `unknown`. Every replica looks; who
 * writes the outcome first settles it, and the store leaves out a second one.
 */
export class Settler {
  private readonly facts = new Map<string, AnyAction['facts']>();
  /** beats as this process saw them, with the time since when they have not grown */
  private readonly seen = new Map<string, { beat: number; since: number }>();

  constructor(
    private readonly options: {
      entries: Pick<OpenEntries, 'list' | 'delete'>;
      store: Pick<AuditStore, 'append'>;
      logger: LoggerService;
      now?: () => number;
      /** of a clock that only goes forward */
      elapsed?: () => number;
    },
  ) {}

  /** Learns how each action finds out what became of it. */
  learn(routes: readonly Route[]): void {
    for (const { action } of routes) {
      if (action) this.facts.set(action.name, action.facts);
    }
  }

  /** One look. @returns how many entries it settled */
  async look(): Promise<number> {
    const entries = await this.options.entries.list();
    const there = new Set(entries.map(entry => entry.entryId));
    for (const id of this.seen.keys()) if (!there.has(id)) this.seen.delete(id);
    let settled = 0;
    for (const entry of entries) {
      if (!this.isAbandoned(entry)) continue;
      try {
        if (await this.settle(entry)) settled += 1;
      } catch (error) {
        // what it needs to know is away: the next look asks again
        this.options.logger.debug(
          `The entry ${entry.entryId} cannot be settled yet: ${error}`,
        );
      }
    }
    return settled;
  }

  private isAbandoned({ entryId, beat }: OpenEntry): boolean {
    const now = (this.options.elapsed ?? performance.now.bind(performance))();
    const before = this.seen.get(entryId);
    if (before?.beat === beat) return now - before.since >= DEAD_AFTER_MS;
    this.seen.set(entryId, { beat, since: now });
    return false;
  }

  private async settle(entry: OpenEntry): Promise<boolean> {
    const { intent } = entry;
    if (!intent) {
      await this.options.entries.delete(entry.entryId);
      return false;
    }
    const fact = await this.factOf(entry, intent);
    if (fact && 'underWay' in fact) return false;
    const now = (this.options.now ?? Date.now)();
    if (!fact && now - intent.at < FACTS_WITHIN_MS) return false;
    await this.options.store.append([outcomeRow(intent, fact, now)]);
    this.options.logger.info(
      `The trail's entry ${entry.entryId} (${
        intent.action
      }) was left open by a process that ended; it is settled as ${howOf(
        fact,
      )}`,
    );
    return true;
  }

  private async factOf(
    entry: OpenEntry,
    { action, ...intent }: NewAuditRow,
  ): Promise<Fact | undefined> {
    const facts = this.facts.get(action);
    if (facts === 'concluded') {
      return entry.beat < 0 ? undefined : { failed: 'Nothing was changed.' };
    }
    const open: OpenAction = { ...intent, makes: entry.makes };
    return facts?.(open);
  }
}

function howOf(fact: Fact | undefined): 'succeeded' | 'failed' | 'unknown' {
  if (!fact || 'underWay' in fact) return 'unknown';
  return 'succeeded' in fact ? 'succeeded' : 'failed';
}

function outcomeRow(
  intent: NewAuditRow,
  fact: Fact | undefined,
  now: number,
): NewAuditRow {
  const how = howOf(fact);
  if (fact && 'succeeded' in fact) {
    const after = { ...fact.succeeded, settled: `${DIED} The facts say it.` };
    return outcomeOf(intent, how, now, { after });
  }
  const why =
    fact && 'failed' in fact
      ? fact.failed
      : 'No facts tell whether it was done.';
  return outcomeOf(intent, how, now, { error: new Error(`${DIED} ${why}`) });
}
