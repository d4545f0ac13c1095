/**
 * A process of the platform that obeys controls. It looks ten times a second, and notes what is in
 * force: each change, with the time of the look before, and everything once a second.
 */
import { Controls } from '@craft-easy/operations-sdk/controls';
import { OperationsFlagProvider } from '@craft-easy/operations-sdk/flags';
import { Maintenance } from '@craft-easy/operations-sdk/maintenance';
import { RateLimiter } from '@craft-easy/operations-sdk/rate-limits';
import { now, ownJournal } from '../journal';
import { FLAGS, HELD_TENANTS, RAISED_TENANTS } from '../names';
import { connection, logger } from './environment';

const LOOK_EVERY_MS = 100;
const ALL_EVERY_MS = 1_000;

const note = ownJournal();
const shared = {
  connection: connection(),
  onError: (error: Error) => logger.warn(error.message),
};
const controls = new Controls(shared);
const maintenance = new Maintenance(controls);
const limiter = new RateLimiter({
  ...shared,
  controls,
  name: 'soak',
  tenant: { limit: 5, windowSeconds: 60 },
});
const flags = new OperationsFlagProvider({ controls });

let before: string[] = [];
let lookedAt = now();
let allAt = 0;

async function overrideOf(tenant: string): Promise<string[]> {
  const { override } = await limiter.consume({ tenant });
  return override ? [`override:${override.id}`] : [];
}

async function flagOn(key: string): Promise<string[]> {
  const { value } = await flags.resolveBooleanEvaluation(key, false, {});
  return value ? [`flag:${key}`] : [];
}

/** What is in force at one moment: nothing that is awaited here asks another process. */
async function inForce(): Promise<string[]> {
  const windows = HELD_TENANTS.filter(tenant =>
    maintenance.stateOf(tenant),
  ).map(tenant => `window:${tenant}`);
  const found = await Promise.all(FLAGS.map(flagOn));
  return [...windows, ...found.flat()];
}

async function look() {
  const at = now();
  const found = await inForce();
  // the limiter asks Redis: each answer has a time of its own, before it was asked
  const overrides = await Promise.all(RAISED_TENANTS.map(overrideOf));
  const all = [...found, ...overrides.flat()].sort();
  const on = all.filter(one => !before.includes(one));
  const off = before.filter(one => !all.includes(one));
  if (on.length + off.length > 0) {
    note('controls', { looked: at, before: lookedAt, on, off });
  }
  if (at - allAt >= ALL_EVERY_MS) {
    allAt = at;
    note('in-force', { looked: at, all });
  }
  before = all;
  lookedAt = at;
}

async function lookForEver() {
  for (;;) {
    await look().catch(error => logger.error(String(error)));
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

controls.ready.finally(() => {
  process.stdout.write('ready\n');
  lookForEver();
});
