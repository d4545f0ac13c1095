import { mockServices } from '@backstage/backend-test-utils';
import type { EngineJobRef } from '@craft-easy/backstage-plugin-operations-node';
import { aRecord, FakeRecorder, FakeRegistry } from './__testUtils__/fakes';
import { createObserver } from './observers';

describe('what engines see on foreign queues', () => {
  const declared = new Set<string>();
  const job = (name: string): EngineJobRef => ({
    ...{ engine: 'bullmq', name, queue: `${name}-queue` },
  });
  let recorder: FakeRecorder;
  let registry: FakeRegistry;
  let applied: string[];
  const observe = () =>
    createObserver({
      ...{ recorder, registry, logger: mockServices.logger.mock() },
      isDeclared: ({ queue }) => declared.has(queue),
      onChanged: () => {},
      onApplied: batch => {
        applied.push(...batch.applied.map(r => r.id));
      },
    });

  beforeEach(() => {
    recorder = new FakeRecorder();
    registry = new FakeRegistry(recorder);
    applied = [];
    declared.clear();
  });

  it('becomes jobs and runs, until somebody declares the queue: then only the declared job’s own reports count', async () => {
    const observer = observe();
    await observer.onJobs([job('a'), job('b')]);
    await observer.onRuns([aRecord('1', { job: 'a' })]);
    declared.add('a-queue');
    await observer.onJobs([job('a'), job('b')]);
    await observer.onRuns([
      aRecord('2', { job: 'a' }),
      aRecord('3', { job: 'b' }),
    ]);
    expect(registry.observed).toEqual(['bullmq/a', 'bullmq/b', 'bullmq/b']);
    expect(applied).toEqual(['1', '3']);
  });

  it('is recorded but for what is not valid, and what the database refuses', async () => {
    recorder.before = records => {
      if (records.some(r => r.id === 'refused')) throw new Error('too long');
    };
    await observe().onRuns([
      aRecord('not a run id'),
      aRecord('refused'),
      aRecord('good'),
    ]);
    expect(applied).toEqual(['good']);
  });

  it('is tried again by the engine while the database is away', async () => {
    recorder.before = () => {
      throw new Error('away');
    };
    await expect(observe().onRuns([aRecord('1')])).rejects.toThrow('away');
  });
});
