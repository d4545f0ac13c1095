/**
 * Every capability under load while processes, servers, disks, clocks and wires fail, in rounds.
 * After each round everything must come to rest within a minute; in the end a checker, which knows
 * nothing but journals and the API, compares the two.
 *
 * `npm run soak`; `-- --minutes=20 --seed=1 --variant=sentinel|cluster|sqlite`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { STRAYS_DIR } from '../../../scripts/lib/strays.mjs';
import { Api } from './soak/checker/Api';
import { checkAudit } from './soak/checker/checkAudit';
import { checkCaches } from './soak/checker/checkCaches';
import { checkControls, checkSuppressions } from './soak/checker/checkControls';
import { checkRuns } from './soak/checker/checkRuns';
import { checkSentences } from './soak/checker/checkSentences';
import { Facts } from './soak/checker/Facts';
import { Findings, type Subject } from './soak/checker/Findings';
import { Journals } from './soak/checker/Journals';
import { Rest, type Open } from './soak/checker/Rest';
import { now, openJournal } from './soak/journal';
import { startLoad } from './soak/load/startLoad';
import { CACHE, JOBS } from './soak/names';
import { readOptions } from './soak/options';
import { planOf, SHORTEST_ROUND_MS } from './soak/plan';
import { report } from './soak/report';
import { SoakStack } from './soak/SoakStack';
import { Troublemaker } from './soak/Troublemaker';
import { until } from './until';

const options = readOptions(process.env);
/** So long the load goes on before the first fault. */
const WARM_UP_MS = 8_000;
/** In which everything must end, or be shown lost, after the end of a trouble. */
const REST_MS = 60_000;
/** What has not come to rest even then is called lost, not late. */
const LOST_AFTER_MS = 120_000;
const LOOK_EVERY_MS = 2_000;
/** The longest control ends after this. */
const CONTROLS_MS = 20_000;
const SUBJECT_OF: Record<Open['kind'], Subject> = {
  run: 'runs',
  delivery: 'deliveries',
  replay: 'replays',
  purge: 'purges',
};

describe('every capability while everything fails', () => {
  const dir = mkdtempSync(join(process.env[STRAYS_DIR] ?? tmpdir(), 'soak-'));
  const stack = new SoakStack(options, dir);
  const kept = inRoot('.run/soak', `${options.variant}-${options.seed}`);
  const findings = new Findings();
  const note = openJournal(stack.journals, 'soak');
  let api: Api;
  let journals: Journals;
  let rest: Rest;

  const closing = new AbortController();

  beforeAll(async () => {
    await stack.start();
    api = new Api(stack.url, stack.tokens.checker);
    journals = new Journals(stack.journals);
    rest = new Rest(api);
    await until(
      'the jobs in the inventory',
      () => api.get('/jobs?search=soak-'),
      page => page.items.filter((job: any) => job.registered).length === 4,
      60_000,
    );
  }, 300_000);
  afterAll(async () => {
    // After an error the load would go on for ever.
    closing.abort();
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  /** What is open, looked at until there is nothing new, or the time is over. */
  async function comeToRest(
    before: number,
    end: number,
    known = new Map<string, Open>(),
  ): Promise<Map<string, Open>> {
    for (;;) {
      const facts = new Facts(journals.all());
      const open = new Map<string, Open>();
      for (const one of await rest.open(facts, before)) {
        open.set(`${one.kind} ${one.id}`, one);
      }
      const over = [...open.keys()].every(key => known.has(key));
      if (over || now() > end) return open;
      await pause(LOOK_EVERY_MS);
    }
  }

  async function makeTrouble(end: number, late: Map<string, Open>) {
    const troublemaker = new Troublemaker(stack, note);
    for (const [i, faults] of planOf(options).entries()) {
      if (i > 0 && now() + SHORTEST_ROUND_MS > end) return;
      note('round', { number: i + 1 });
      await troublemaker.round(faults);
      await stack.heal();
      note('healed');
      const healed = now();
      const open = await comeToRest(healed, healed + REST_MS);
      say(
        `round ${i + 1}: at rest after ${Math.round(
          (now() - healed) / 1000,
        )} s`,
      );
      for (const [key, one] of open) {
        late.set(key, one);
        say(`  but for ${key}: ${one.says}`);
      }
    }
  }

  /** What has not ended after a long while never will, as far as anybody can see. */
  async function findLost(late: Map<string, Open>) {
    const lost = await comeToRest(now(), now() + LOST_AFTER_MS);
    // no more slots: sums are compared with lists
    for (const n of [1, 2, 3]) await stack.parts.get(`worker-${n}`)!.end();
    for (const [key, one] of await comeToRest(now(), now() + REST_MS, lost)) {
      lost.set(key, one);
    }
    for (const [key, { kind, says }] of lost) {
      findings.add(SUBJECT_OF[kind], 'lost', `${key}: ${says}`);
    }
    for (const [key, { kind, says }] of late) {
      if (lost.has(key)) continue;
      findings.add(SUBJECT_OF[kind], 'late', `${key}: ${says}`);
    }
  }

  async function keysLeft(batch: string): Promise<number> {
    let count = 0;
    for (const { direct } of await stack.redis.primaries()) {
      const match = `${CACHE.prefix}${batch}:*`;
      for await (const keys of direct.scanStream({ match, count: 1_000 })) {
        count += keys.length;
      }
    }
    return count;
  }

  it('[guarantees.9] loses nothing in silence, does nothing guarded twice, lets no control outlive its end, and says nothing false', async () => {
    const began = now();
    const late = new Map<string, Open>();
    const load = startLoad(stack, options.seed, closing.signal);
    await pause(WARM_UP_MS);
    await makeTrouble(began + options.minutes * 60_000, late);
    await stack.parts.get('producer-1')!.kill();
    closing.abort();
    await load;
    await pause(CONTROLS_MS);
    await findLost(late);

    const facts = new Facts(journals.all());
    const jobs = {
      ordinary: JOBS.ordinary,
      guarded: [JOBS.guarded, JOBS.fanOut],
      all: Object.values(JOBS),
    };
    await checkRuns(facts, rest, api, jobs, findings);
    checkControls(facts, findings);
    await checkSuppressions(facts, api, findings);
    const { purgedKeys } = await checkCaches(facts, rest, keysLeft, findings);
    const audit = await checkAudit(facts, api, findings);
    checkSentences(facts, findings);
    const table = report({
      ...{ options, facts, rest, findings, audit, purgedKeys },
      tookMs: now() - began,
      disks: {
        redis: stack.redisDisk.kind,
        database:
          options.variant === 'sqlite'
            ? 'max_page_count'
            : stack.postgresDisk.kind,
      },
    });
    keep(table);
    say(table);
    expect(findings.all).toEqual([]);
  });

  /** Leaves the table, and the evidence where something was found. */
  function keep(table: string) {
    rmSync(kept, { recursive: true, force: true });
    mkdirSync(kept, { recursive: true });
    const found = findings.all.map(
      ({ subject, kind, what }) => `- ${subject}, ${kind}: ${what}`,
    );
    writeFileSync(
      join(kept, 'report.md'),
      [table, '', ...found, ''].join('\n'),
    );
    if (found.length === 0) return;
    cpSync(stack.journals, join(kept, 'journals'), { recursive: true });
    cpSync(stack.logDir, join(kept, 'logs'), { recursive: true });
    say(`The journals and logs are in ${kept}`);
  }
});

function say(text: string) {
  process.stdout.write(`${text}\n`);
}
