import { mockServices } from '@backstage/backend-test-utils';
import type { EngineIntake } from '@craft-easy/backstage-plugin-operations-node';
import { createCheckinEngine } from './checkinEngine';
import { readCheckinSettings } from './settings';

const noEntities = { known: async () => undefined };

/** What a request takes, of a portal that knows no job. */
function report(intake: Partial<EngineIntake>, checkin: object) {
  const settings = readCheckinSettings(
    mockServices.rootConfig({
      data: {
        operations: {
          checkin: {
            subjects: [{ subject: 'db-1', prefixes: ['db-'] }],
            ...checkin,
          },
        },
      },
    }),
  );
  const handlers = createCheckinEngine(settings, noEntities).serve({
    registrationsOf: async () => new Map(),
    statesOf: async () => new Map(),
    countJobs: async () => 0,
    redact: text => text,
    take: async work => {
      const rows = { whereIn: async () => [] };
      await work((() => rows) as never);
    },
    ...intake,
  });
  return (job: string) =>
    handlers['POST /checkin/:job']({
      params: { job },
      query: {},
      body: () => ({ exitCode: 0 }),
      subject: 'db-1',
      header: () => undefined,
    });
}

describe('the intake of reports', () => {
  it('makes no job of an unknown name where the configuration does not want it', async () => {
    const send = report({}, { createJobs: false });
    await expect(send('db-new')).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringMatching(/^There is no job db-new/),
    });
  });

  it('asks a database that is away three times more, however many wait', async () => {
    const take = jest.fn(async () => {
      throw new Error('away');
    });
    const send = report({ take }, {});
    const sent = Array.from({ length: 100 }, (_, i) => send(`db-${i}`));
    const ends = await Promise.allSettled(sent);
    expect(new Set(ends.map(({ status }) => status))).toEqual(
      new Set(['rejected']),
    );
    expect(take).toHaveBeenCalledTimes(4);
  });
});
