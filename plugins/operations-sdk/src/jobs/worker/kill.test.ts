import { once } from 'events';
import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import { createTestJobs } from '../../__testUtils__/jobs';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';

jest.setTimeout(60_000);

describe('kill -9 of a worker process', () => {
  let server: TestRedis;
  let platform: TestPlatform;

  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    platform = await createTestPlatform(server);
  });
  afterEach(() => platform.close());

  async function killDuringFirstExecution(start: () => Promise<unknown>) {
    const child = await platform.child();
    await start();
    await platform.executed();
    const [first] = await platform.executions();
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    return first;
  }

  async function startAnother() {
    const notes = server.client();
    await platform.worker({
      jobs: createTestJobs(text =>
        notes.rpush(`${platform.namespace}:executions`, text),
      ),
      lockDurationMs: 1_000,
      stalledIntervalMs: 1_000,
    });
  }

  it('[jobs.5] in the middle of a run: the run ends lost and is not run again where manualRun is false, and the next ones run', async () => {
    const killed = await killDuringFirstExecution(async () => {});
    await startAnother();

    const lost = await platform.end(killed);
    expect(lost).toMatchObject({
      state: 'lost',
      attempt: 1,
      trigger: 'schedule',
      job: 'only-scheduled',
    });
    const next = await platform.record(
      record => record.state === 'succeeded' && record.job === 'only-scheduled',
    );
    expect(next.id).not.toBe(killed);
    expect(Date.parse(next.scheduledFor!)).toBeGreaterThan(
      Date.parse(lost.scheduledFor!),
    );
    const executions = await platform.executions();
    expect(executions.filter(run => run === killed)).toHaveLength(1);
    expect(new Set(executions).size).toBe(executions.length);
  });

  it('in the middle of a run that may be run again: its next attempt goes on with the log', async () => {
    // the only-scheduled job would be noted too
    const queue = platform.queue('may-run-again');
    const child = await platform.child();
    const queued = await queue.add('may-run-again', {}, { jobId: 'again' });
    await platform.record({ state: 'running', job: 'may-run-again' });
    const log = platform.keys.log(runOf(queued));
    // the first line is there
    await server.client().xread('BLOCK', 0, 'STREAMS', log, '0');
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    await startAnother();

    const end = await platform.record(
      record => record.state === 'succeeded' && record.job === 'may-run-again',
    );
    expect(end).toMatchObject({
      id: runOf(queued),
      attempt: 2,
      log: { totalLines: 2, lines: [{ n: 2, text: 'attempt 2' }] },
    });
  });
});
