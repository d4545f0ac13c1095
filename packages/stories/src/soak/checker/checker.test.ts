import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from './Api';
import { checkAudit } from './checkAudit';
import { checkCaches } from './checkCaches';
import { checkControls, checkSuppressions } from './checkControls';
import { checkRuns } from './checkRuns';
import { checkSentences } from './checkSentences';
import { Facts } from './Facts';
import { Findings } from './Findings';
import { Journals, type Line } from './Journals';
import { Rest } from './Rest';

const T = Date.parse('2026-11-01T00:00:00Z');
const SECOND = 1_000;
const at = (seconds: number) => T + seconds * SECOND;
const iso = (seconds: number) => new Date(at(seconds)).toISOString();

const line = (
  seconds: number,
  what: string,
  facts: object,
  by = 'x#1',
): Line => ({
  ...{ at: at(seconds), by, what },
  ...facts,
});

/** An action that was asked for, and accepted a tenth of a second later. */
const accepted = (
  seconds: number,
  action: string,
  path: string,
  body: object,
  answer: object,
): Line[] => {
  const key =
    action === 'run' ? `k${seconds}` : JSON.stringify([body, seconds]);
  return [
    line(seconds, 'asked', { key, action, path, body }),
    line(seconds + 0.1, 'answered', { key, action, status: 200, body: answer }),
  ];
};

/** Trouble of a round, with a fault after which Redis may have lost something. */
const trouble = (from: number, to: number, loses = true): Line[] => [
  line(from, 'round', {}),
  line(from, 'fault', { name: 'flushall', loses }),
  line(to, 'healed', {}),
];

const factsOf = (...lines: Array<Line | Line[]>) =>
  new Facts(lines.flat().sort((a, b) => a.at - b.at));

/** An API that answers with what is given here. */
function fakeApi(answers: Record<string, any>): Api {
  return {
    get: async (path: string) => answers[path],
    list: async (path: string) => answers[path] ?? [],
  } as Api;
}

const texts = ({ all }: Findings) =>
  all.map(({ subject, kind, what }) => `${subject}, ${kind}: ${what}`);

describe("the soak's checker", () => {
  it('[guarantees.9] finds what was accepted or begun and has not ended', async () => {
    const facts = factsOf(
      accepted(
        0,
        'run',
        '/jobs/x/runs',
        { reason: 'a' },
        { run: { id: 'gone' } },
      ),
      accepted(
        1,
        'run',
        '/jobs/x/runs',
        { reason: 'b' },
        { run: { id: 'hangs' } },
      ),
      accepted(
        2,
        'run',
        '/jobs/x/runs',
        { reason: 'c' },
        { run: { id: 'mute' } },
      ),
      accepted(
        3,
        'run',
        '/jobs/x/runs',
        { reason: 'd' },
        { run: { id: 'lost' } },
      ),
      line(4, 'began', { runId: 'begun' }),
      line(5, 'enqueued', { runId: 'before-the-loss' }),
      line(5, 'sent', { id: 'msg-before-the-loss' }),
      line(6, 'began', { runId: 'begun-by-a-dead-one' }, 'worker-1#1'),
      line(12, 'ready', {}, 'worker-1#2'),
      trouble(10, 20),
      line(21, 'sent', { id: 'msg-arrived' }),
      line(22, 'received', { id: 'msg-arrived', status: 204 }),
      line(21, 'sent', { id: 'msg-refused' }),
      line(22, 'received', { id: 'msg-refused', status: 503 }),
      line(21, 'enqueued', { runId: 'after-the-loss' }),
      accepted(23, 'replay', '/webhook-failures/f1/replay', {}, {}),
      accepted(24, 'purge', '/caches/c/purges', {}, { purge: { id: 'p' } }),
      accepted(
        90,
        'run',
        '/jobs/x/runs',
        { reason: 'e' },
        { run: { id: 'new' } },
      ),
    );
    const rest = new Rest(
      fakeApi({
        '/runs/hangs': { status: 'queued' },
        '/runs/mute': { status: 'lost' },
        '/runs/lost': { status: 'lost', errorMessage: 'the queue lost it' },
        '/webhook-failures?search=msg-refused&limit=1': { items: [] },
        '/webhook-failures?search=msg-before-the-loss&limit=1': { items: [] },
        '/webhook-failures/f1': {
          ...{ state: 'replaying', stateSince: 'then' },
          history: [{ kind: 'failed' }, { kind: 'replay-requested' }],
        },
        '/cache-purges/p': { status: 'running' },
      }),
    );
    const open = await rest.open(facts, at(60));
    expect(
      open.map(({ kind, id, says }) => `${kind} ${id}: ${says}`).sort(),
    ).toEqual([
      'delivery msg-refused: neither there nor failed',
      'purge p: running',
      'replay f1: replaying since then, last replay-requested',
      'run after-the-loss: no such run',
      'run begun: no such run',
      'run gone: no such run',
      'run hangs: queued',
      'run mute: lost, without a reason',
    ]);
    expect([...rest.outside].sort()).toEqual([
      'before-the-loss',
      'begun-by-a-dead-one',
      'msg-before-the-loss',
    ]);
  });

  it('[guarantees.9] finds what was done twice, and runs that did not end as it is said', async () => {
    const slot = { job: 'guarded', slot: 1, tenant: 'acme' };
    const facts = factsOf(
      accepted(
        0,
        'run',
        '/jobs/ordinary/runs',
        { reason: 'once' },
        { run: { id: 'r1' } },
      ),
      line(1, 'began', { ...slot, runId: 'g' }, 'worker-1#1'),
      line(2, 'began', { ...slot, runId: 'g' }, 'worker-2#2'),
      line(3, 'began', { ...slot, tenant: 'other', runId: 'h' }),
      line(4, 'ended', { runId: 'h', how: 'succeeded' }),
    );
    const rest = new Rest(fakeApi({}));
    rest.runs.set('r1', { status: 'succeeded' });
    rest.runs.set('h', { status: 'lost', errorMessage: 'gone' });
    const findings = new Findings();
    await checkRuns(
      facts,
      rest,
      fakeApi({
        '/jobs/bullmq/ordinary/runs': [
          { id: 'r1', reason: 'once', status: 'succeeded' },
          { id: 'r2', reason: 'once', status: 'succeeded' },
        ],
        '/jobs/bullmq/ordinary/trend?days=2': {
          days: [{ succeeded: 3, lost: 0, refused: 0, cancelled: 0 }],
        },
      }),
      { ordinary: 'ordinary', guarded: ['guarded'], all: ['ordinary'] },
      findings,
    );
    expect(texts(findings)).toEqual([
      'runs, false: r1 succeeded, says the history only',
      'runs, false: h is lost, though nothing was wrong',
      expect.stringMatching(
        /^guarded runs, doubled: guarded 1 acme: g by worker-1#1 .*worker-2#2/,
      ),
      'sentences, false: the trend of ordinary counts 3 succeeded, the history 2',
      expect.stringMatching(/^runs, doubled: request .*: runs r1, r2$/),
    ]);
  });

  it('[guarantees.9] finds controls in force past their end, and those that never were', async () => {
    const window = (tenant: string) => ({ scope: { tenant }, endsAt: iso(10) });
    const facts = factsOf(
      accepted(0, 'window', '/maintenance', window('late'), {
        window: { id: 'w1' },
      }),
      accepted(0, 'window', '/maintenance', window('good'), {
        window: { id: 'w2' },
      }),
      accepted(0, 'window', '/maintenance', window('ended'), {
        window: { id: 'w3' },
      }),
      accepted(2, 'end-window', '/maintenance/w3/end', {}, {}),
      accepted(0, 'window', '/maintenance', window('never'), {
        window: { id: 'w4' },
      }),
      accepted(0, 'flag', '/flags/f', { until: iso(5) }, {}),
      line(4, 'in-force', {
        looked: at(4),
        all: ['window:late', 'window:good', 'window:ended', 'flag:f'],
      }),
      line(8, 'controls', {
        looked: at(8),
        before: at(7.9),
        on: [],
        off: ['window:ended'],
      }),
      line(9.9, 'controls', {
        looked: at(10.1),
        before: at(9.9),
        on: [],
        off: ['window:good', 'flag:f'],
      }),
      line(11, 'in-force', {
        looked: at(11),
        all: ['window:late', 'window:unknown'],
      }),
    );
    const findings = new Findings();
    checkControls(facts, findings);
    await checkSuppressions(
      factsOf(
        accepted(
          0,
          'suppress',
          '/webhook-suppressions',
          { tenant: 'm', until: iso(10) },
          {},
        ),
      ),
      fakeApi({
        '/webhook-failures?state=suppressed': [
          { id: 'in-time', tenant: 'm', lastFailedAt: iso(9) },
          { id: 'too-late', tenant: 'm', lastFailedAt: iso(12) },
        ],
      }),
      findings,
    );
    expect(texts(findings)).toEqual([
      'windows, late: window:ended is in force at x#1 800 ms past its end',
      'windows, late: window:late is in force at x#1 750 ms past its end',
      'windows, late: window:unknown is in force at x#1 and nobody asked for it',
      'windows, false: window:never is accepted, and not in force at x#1',
      'flags, late: flag:f is in force at x#1 4650 ms past its end',
      `suppressions, late: too-late of m, which failed at ${iso(12)}`,
    ]);
  });

  it('[guarantees.9] finds what the trail, the purges and the words of the API do not bear out', async () => {
    const facts = factsOf(
      accepted(0, 'run', '/r', { reason: 'r-missing' }, { auditId: 'a0' }),
      accepted(1, 'run', '/r', { reason: 'r-failed' }, { auditId: 'a1' }),
      accepted(2, 'run', '/r', { reason: 'r-twice' }, { auditId: 'a2' }),
      accepted(3, 'run', '/r', { reason: 'r-open' }, { auditId: 'a4' }),
      line(4, 'filled', { batch: 'b', count: 10 }),
      line(5, 'filled', { batch: 'c', count: 10 }),
      line(100, 'said', {
        freshness: { state: 'stale', reason: 'Redis is away' },
      }),
      trouble(200, 210),
      line(215, 'said', { freshness: { state: 'stale', reason: 'not yet' } }),
      line(216, 'answered', {
        key: 'k3',
        status: 500,
        body: 'at Object.<anonymous>',
      }),
    );
    const findings = new Findings();
    const audit = await checkAudit(
      facts,
      fakeApi({
        '/audit': [
          { id: 'a1', reason: 'r-failed', outcome: 'failed', error: 'no' },
          { id: 'a2', reason: 'r-twice', outcome: 'succeeded' },
          { id: 'a3', reason: 'r-twice', outcome: 'succeeded' },
          { id: 'a4', reason: 'r-open', outcome: 'intended' },
        ],
        '/audit/verification': { whole: false, brokenAt: { sequence: 3 } },
      }),
      findings,
    );
    expect(audit).toEqual({ rows: 4, unsettled: 1 });
    const rest = new Rest(fakeApi({}));
    const purge = { status: 'succeeded', reason: 'p' };
    rest.purges.set('p1', { ...purge, pattern: 'cache:soak:b:*', removed: 11 });
    rest.purges.set('p2', { ...purge, pattern: 'cache:soak:c:*', removed: 9 });
    await checkCaches(
      factsOf(facts.of('filled')),
      rest,
      async () => 1,
      findings,
    );
    checkSentences(facts, findings);
    expect(texts(findings)).toEqual([
      'actions, lost: run k0 is not in the trail',
      'actions, false: run k1 was accepted, and its entry a1 says failed: no',
      'actions, doubled: run k2: entries a2, a3',
      'sentences, false: the trail is not whole: {"sequence":3}',
      'purges, false: p1 removed 11 of 10 keys',
      'purges, false: p1 succeeded: 11 of 10 removed, 1 left',
      'purges, doubled: p1 and p2',
      'purges, false: p2 succeeded: 9 of 10 removed, 1 left',
      'sentences, false: at 2026-11-01T00:01:40.000Z: Redis is away',
      'sentences, false: 1 answers with a 500: at Object.<anonymous>',
    ]);
  });

  it('reads journals while they are written, and past a line that was cut off', () => {
    const dir = mkdtempSync(join(tmpdir(), 'journals-'));
    try {
      const file = join(dir, 'worker-1.jsonl');
      const journals = new Journals(dir);
      const first = '\n{"at":2,"by":"a","what":"began"}\n';
      writeFileSync(file, `${first}\n{"at":3,"by":"a","wh`);
      expect(journals.all().map(({ at: when }) => when)).toEqual([2]);
      writeFileSync(
        file,
        `${first}\n{"at":3,"by":"a","wh\n{"at":1,"by":"b","what":"began"}\n`,
      );
      expect(journals.all().map(({ at: when }) => when)).toEqual([1, 2]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
