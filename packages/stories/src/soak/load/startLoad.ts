import { setTimeout as pause } from 'node:timers/promises';
import { openJournal } from '../journal';
import { JOBS } from '../names';
import { Random } from '../random';
import type { Actor, SoakStack } from '../SoakStack';
import { purgeCaches } from './caches';
import { Caller } from './Caller';
import { maintainTenants, overrideLimits, throwSwitches } from './controls';
import { operateJobs, retryFailures } from './jobs';
import { replayFailures, suppressFailures } from './webhooks';

const LISTEN_EVERY_MS = 2_000;

/** Clients of each capability, until the signal aborts; resolves when the last has its answer. */
export function startLoad(
  stack: SoakStack,
  seed: number,
  closing: AbortSignal,
): Promise<unknown> {
  let started = 0;
  const begin = (
    actor: Actor,
    load: (caller: Caller, random: Random) => Promise<void>,
  ) => {
    started += 1;
    const note = openJournal(stack.journals, `client-${started}-${actor}`);
    const caller = new Caller(stack.url, stack.tokens[actor], note, closing);
    return load(caller, new Random(seed + started)).catch(error => {
      note('ended', { why: String(error.stack) });
      throw error;
    });
  };
  const note = openJournal(stack.journals, 'filler');
  return Promise.all([
    begin('runs', operateJobs),
    begin('runs', operateJobs),
    begin('runs', retryFailures),
    begin('webhooks', replayFailures),
    begin('webhooks', suppressFailures),
    begin('overrides', overrideLimits),
    begin('windows', maintainTenants),
    begin('flags', throwSwitches),
    begin('caches', (caller, random) =>
      purgeCaches(caller, random, stack.redis, note),
    ),
    listen(stack, closing),
  ]);
}

/** Asks now and then what the API says of the platform, and notes it. */
async function listen(stack: SoakStack, closing: AbortSignal) {
  const note = openJournal(stack.journals, 'listener');
  const headers = { authorization: `Bearer ${stack.tokens.checker}` };
  const wanted = Object.values(JOBS);
  while (!closing.aborted) {
    await pause(LISTEN_EVERY_MS);
    try {
      const response = await fetch(
        `${stack.url}/api/operations/v1/jobs?search=soak-`,
        { headers, signal: AbortSignal.timeout(5_000) },
      );
      const { items, freshness } = await response.json();
      if (!response.ok) continue;
      const unregistered = wanted.filter(
        name => !items.some((job: any) => job.name === name && job.registered),
      );
      note('said', { freshness, unregistered });
    } catch (error) {
      note('silent', { why: String(error) });
    }
  }
}
