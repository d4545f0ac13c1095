import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  jobEngineExtensionPoint,
  type JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import module from './index';

jest.setTimeout(60_000);

describe('the module', () => {
  const start = async (operations: object) => {
    const engines: JobEngine[] = [];
    const backend = await startTestBackend({
      extensionPoints: [
        [
          jobEngineExtensionPoint,
          { addJobEngine: engine => engines.push(engine) },
        ],
      ],
      features: [
        module,
        mockServices.rootConfig.factory({ data: { operations } }),
      ],
    });
    await backend.stop();
    return engines;
  };

  it('brings the engine, whether Redis can be reached or not', async () => {
    const engines = await start({ redis: { url: 'redis://127.0.0.1:1' } });
    expect(engines.map(engine => engine.name)).toEqual(['bullmq']);
  });

  it('does not start with a setting that makes no sense', async () => {
    const jobs = { observedQueues: [{ queue: 'a:b' }] };
    await expect(start({ jobs })).rejects.toThrow(/no colon/);
  });
});
