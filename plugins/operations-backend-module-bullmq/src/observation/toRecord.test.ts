import { derivedRunId } from '@craft-easy/backstage-plugin-operations-protocol';
import { runRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { JobFields } from '../bullmqInternals';
import { ownFields, toRecord, type Sighting } from './toRecord';

const shown = { job: 'emails', tenantField: 'tenantId', showData: true };
const at = Date.parse('2026-11-24T10:00:00.000Z');
const record = (
  seen: Partial<Sighting>,
  fields: JobFields = {},
  how: object = {},
) =>
  runRecordSchema.parse(
    toRecord({ jobId: '17', state: 'succeeded', at, ...seen }, fields, {
      ...shown,
      ...how,
    }),
  );

describe('what is reported of a job on a foreign queue', () => {
  it('is a run of the job that the queue is shown as', () => {
    expect(
      record(
        {},
        {
          timestamp: `${at - 5000}`,
          processedOn: `${at - 3000}`,
          finishedOn: `${at}`,
          atm: '1',
          data: '{"tenantId":"acme","to":"a@b"}',
          returnvalue: '{"sent":1}',
        },
      ),
    ).toMatchObject({
      id: derivedRunId('emails', '17', at - 5000),
      ...{ engine: 'bullmq', job: 'emails', attempt: 1 },
      ...{ engineJobId: '17', state: 'succeeded', trigger: 'api', exitCode: 0 },
      queuedAt: '2026-11-24T09:59:55.000Z',
      startedAt: '2026-11-24T09:59:57.000Z',
      endedAt: '2026-11-24T10:00:00.000Z',
      tenant: 'acme',
      parameters: { tenantId: 'acme', to: 'a@b' },
      result: { sent: 1 },
    });
  });

  it('[guarantees.8] waits since a worker could have taken it, and is known by when it was made', () => {
    const HOUR = 3_600_000;
    const made = {
      timestamp: `${at - HOUR}`,
      opts: `{"delay":${HOUR - 9000}}`,
    };
    const id = derivedRunId('emails', '17', at - HOUR);
    const running = { processedOn: `${at}` };
    expect(record({ state: 'running' }, { ...made, ...running })).toMatchObject(
      { id, queuedAt: '2026-11-24T09:59:51.000Z' },
    );
    const moves = { waitingAt: at - 20_000, dueAt: at - 9000 };
    expect(
      record({ state: 'running', moves }, { ...made, ...running }),
    ).toMatchObject({ id, queuedAt: '2026-11-24T09:59:40.000Z' });
    expect(
      record(
        { state: 'running', moves: { waitingAt: at - 4000, dueAt: at - 5000 } },
        { ...made, ...running, atm: '1' },
      ),
    ).toMatchObject({ id, attempt: 2, queuedAt: '2026-11-24T09:59:55.000Z' });
    expect(
      record(
        { jobId: `repeat:nightly:${at - 3000}`, state: 'running' },
        { ...made, ...running, rjk: 'nightly' },
      ),
    ).toMatchObject({ queuedAt: '2026-11-24T09:59:57.000Z' });
  });

  it('tells the slot of a scheduled job', () => {
    const jobId = `repeat:nightly:${at}`;
    expect(record({ jobId }, { rjk: 'nightly' })).toMatchObject({
      trigger: 'schedule',
      scheduledFor: '2026-11-24T10:00:00.000Z',
      id: `emails.repeat~3Anightly~3A${at}`,
    });
  });

  it('counts attempts as the queue does, and keeps the error of the one before', () => {
    const failed = {
      failedReason: '502',
      stacktrace: '["Error: 502\\n at x"]',
    };
    expect(record({ state: 'running' }, { atm: '1', ...failed })).toMatchObject(
      {
        attempt: 2,
      },
    );
    expect(record({ state: 'queued' }, { atm: '1', ...failed })).toMatchObject({
      ...{ attempt: 2, error: { message: '502' } },
    });
    expect(record({ state: 'failed' }, { atm: '3', ...failed })).toMatchObject({
      ...{ attempt: 3, exitCode: 1 },
      error: { message: '502', stack: 'Error: 502\n at x' },
    });
  });

  it('is known by the events alone where the job was removed as it ended', () => {
    const seen = { queuedAt: at - 900, startedAt: at - 500, attempt: 2 };
    expect(record({ ...seen, returnvalue: '"ok"' })).toMatchObject({
      ...{ state: 'succeeded', attempt: 2, result: 'ok' },
      startedAt: '2026-11-24T09:59:59.500Z',
      endedAt: '2026-11-24T10:00:00.000Z',
    });
  });

  it('says that a job has ended if it has, although the event was of its start', () => {
    const fields = { atm: '1', finishedOn: `${at}`, failedReason: 'first' };
    expect(record({ state: 'running' }, fields)).toMatchObject({
      ...{ state: 'failed', attempt: 1 },
    });
    expect(
      record({ state: 'running' }, { ...fields, returnvalue: 'null' }),
    ).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  it('shows no data where it shall not', () => {
    const fields = { data: '{"secret":1}', returnvalue: '{"secret":2}' };
    expect(
      JSON.stringify(record({}, fields, { showData: false })),
    ).not.toContain('secret');
  });

  it('[protocol.1] names any tenant that a platform may have', () => {
    for (const tenantId of ['auth0|123', 'Åre', 'a b', '<img src=x>', 17]) {
      expect(record({}, { data: JSON.stringify({ tenantId }) }).tenant).toBe(
        String(tenantId),
      );
    }
  });

  it('[protocol.1] comes from the hash only if the hash is its own: its id may be given again', () => {
    const end = { jobId: 'daily-1', state: 'succeeded' as const, at };
    const hash = { timestamp: `${at - 50}`, finishedOn: `${at}`, atm: '1' };
    expect(ownFields(end, hash)).toBe(hash);
    expect(ownFields({ ...end, createdAt: at - 50 }, hash)).toBe(hash);
    expect(ownFields({ ...end, createdAt: at - 90 }, hash)).toBeUndefined();
    expect(ownFields({ ...end, isReplaced: true }, hash)).toBeUndefined();
    const later = { ...hash, timestamp: `${at + 2000}` };
    expect(ownFields(end, later)).toBeUndefined();
    const waits = { timestamp: `${at}`, atm: '0' };
    expect(ownFields(end, waits)).toBeUndefined();
    expect(ownFields({ ...end, state: 'running' }, waits)).toBe(waits);
  });

  it('is valid whatever the job holds', () => {
    for (const data of [
      '',
      'null',
      '3',
      '[1]',
      '{',
      '{"tenantId":" a"}',
      '{"tenantId":"a\\u202eb"}',
      '{"tenantId":{}}',
      `"${'x'.repeat(99_999)}"`,
    ]) {
      expect(
        record(
          { jobId: 'ä:b c' },
          {
            data,
            timestamp: 'soon',
            finishedOn: '',
            progress: '{"a":1}',
            atm: 'x',
            failedReason: 'y'.repeat(9999),
            returnvalue: data,
          },
        ).tenant,
      ).toBeUndefined();
    }
  });
});
