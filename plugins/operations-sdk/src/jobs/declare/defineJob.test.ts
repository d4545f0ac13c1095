import { z } from 'zod';
import { jobRegistrationSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { defineJob } from './defineJob';
import { JobDeclarationError } from './JobDeclarationError';
import type { JobDeclaration } from './types';

const minimal = { name: 'a-job', handler: () => {} };

function fieldOf(declaration: Partial<JobDeclaration>): string {
  try {
    defineJob({ ...minimal, ...declaration });
  } catch (error) {
    expect(error).toBeInstanceOf(JobDeclarationError);
    const { field, message } = error as JobDeclarationError;
    expect(message).toContain(field);
    expect(message).toContain('defineJob("');
    return field;
  }
  throw new Error('was not refused');
}

describe('defineJob', () => {
  it('turns a declaration into a registration, durations into milliseconds', () => {
    const job = defineJob({
      name: 'daily-mrr-rollup',
      owner: 'group:default/finance',
      schedule: { cron: '15 2 * * *', timezone: 'Europe/Stockholm' },
      manualRun: false,
      targetDuration: { minutes: 5 },
      maxWait: { minutes: 10 },
      missedAfter: { hours: 1, minutes: 30 },
      timeout: { seconds: 90 },
      backoff: { type: 'exponential', delay: { seconds: 2 } },
      onCall: { title: 'Finance on call', url: 'tel:+4612345' },
      handler: () => {},
    });
    expect(job.registration).toMatchObject({
      engine: 'bullmq',
      name: 'daily-mrr-rollup',
      queue: 'daily-mrr-rollup',
      schedule: { cron: '15 2 * * *', timezone: 'Europe/Stockholm' },
      manualRun: false,
      cancellable: false,
      attempts: 1,
      concurrency: 1,
      targetDurationMs: 300_000,
      maxWaitMs: 600_000,
      missedAfterMs: 5_400_000,
      timeoutMs: 90_000,
      backoff: { type: 'exponential', delayMs: 2_000 },
    });
    expect(() =>
      jobRegistrationSchema.parse({
        ...job.registration,
        registeredAt: new Date().toISOString(),
      }),
    ).not.toThrow();
  });

  it('[guarantees.1] refuses a pattern that whoever sends parameters could stop the portal with', () => {
    const withPattern = (pattern: string): Partial<JobDeclaration> => ({
      parameters: {
        type: 'object',
        properties: { sku: { type: 'string', pattern } },
      },
    });
    expect(fieldOf(withPattern('^(a+)+$'))).toBe(
      'parameters.properties.sku.pattern',
    );
    expect(() => defineJob({ ...minimal, ...withPattern('\\s+$') })).toThrow(
      'the pattern "\\\\s+$" is refused: `\\s` reads again what was already read',
    );
    expect(() =>
      defineJob({
        ...minimal,
        parameters: z.object({
          mail: z.email(),
          id: z.uuid(),
          day: z.iso.date(),
          at: z.iso.datetime({ offset: true }),
          host: z.hostname(),
          from: z.ipv6(),
          sku: z.string().regex(/^[A-Z]{3}-\d{4,}$/),
        }),
      }),
    ).not.toThrow();
  });

  it('[protocol.1] takes the names of other schedulers, and says what a name may be', () => {
    for (const name of ['app.tasks:send_mail', 'Nightly', 'logrotate.timer']) {
      expect(defineJob({ ...minimal, name }).name).toBe(name);
    }
    const { queue } = defineJob({ ...minimal, name: 'a.b:c' }).registration;
    expect(queue).toBe('a~2Eb~3Ac');
    expect(() => defineJob({ ...minimal, name: 'a b' })).toThrow(
      'defineJob("a b"): name: a name of 1 to 200 of the characters',
    );
  });

  it('tells the parameters as JSON Schema and checks them, defaults filled in', () => {
    const job = defineJob({
      ...minimal,
      parameters: z.object({
        month: z.iso.date(),
        kind: z.enum(['full', 'delta']).default('delta'),
      }),
      handler: ctx => {
        // typed from the declaration
        const month: string = ctx.parameters.month;
        const kind: 'full' | 'delta' = ctx.parameters.kind;
        ctx.log(`${month} ${kind}`);
      },
    });
    expect(job.registration.parametersSchema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['month'],
      properties: { kind: { enum: ['full', 'delta'], default: 'delta' } },
    });
    expect(job.parseParameters({ month: '2026-11-01' })).toEqual({
      month: '2026-11-01',
      kind: 'delta',
    });
    expect(() => job.parseParameters({ month: 'November' })).toThrow(
      /^month: /,
    );
  });

  it('takes a JSON Schema for the parameters, and checks by it', () => {
    const parameters = {
      type: 'object',
      properties: { rows: { type: 'integer', minimum: 1, default: 10 } },
      additionalProperties: false,
    };
    const job = defineJob({ ...minimal, parameters });
    expect(job.registration.parametersSchema).toEqual(parameters);
    expect(job.parseParameters(undefined)).toEqual({ rows: 10 });
    expect(() => job.parseParameters({ rows: 0 })).toThrow(/rows/);
    expect(() => job.parseParameters({ columns: 1 })).toThrow(/columns/);
  });

  it.each<[string, Partial<JobDeclaration>]>([
    ['name', { name: 'not a name' }],
    ['name', { name: '.hidden' }],
    ['name', { name: 'a/b' }],
    ['name', { name: 'x'.repeat(201) }],
    ['name', { name: undefined }],
    ['owner', { owner: 'finance' }],
    ['schedule.cron', { schedule: { cron: '61 * * * *' } }],
    ['schedule.cron', { schedule: { cron: '* * *' } }],
    [
      'schedule.timezone',
      { schedule: { cron: '0 2 * * *', timezone: 'Europe/Stokholm' } },
    ],
    ['schedule.every', { schedule: { every: { minuts: 1 } as object } }],
    ['targetDuration', { targetDuration: { minutes: -1 } }],
    ['timeout', { timeout: '5m' as never }],
    ['links.0.url', { links: [{ title: 'x', url: 'ftp://files.example' }] }],
    ['concurrency', { concurrency: 0 }],
    ['parameters', { parameters: z.object({ since: z.date() }) as never }],
    ['parameters', { parameters: z.array(z.string()) as never }],
    [
      'parameters',
      {
        schedule: { cron: '0 2 * * *' },
        parameters: z.object({ month: z.string() }) as never,
      },
    ],
    [
      'attempts',
      { manualRun: false, attempts: 2, schedule: { cron: '0 2 * * *' } },
    ],
    ['schedule', { manualRun: false }],
    [
      'schedule.by',
      { schedule: { cron: '0 2 * * *', by: 'cron' as 'external' } },
    ],
    [
      'schedule.firedBy',
      { schedule: { every: { days: 1 }, firedBy: 'x'.repeat(101) } },
    ],
    ['handler', { handler: undefined }],
  ])('refuses a bad %s, naming it', (field, declaration) => {
    expect(fieldOf(declaration)).toBe(field);
  });

  it('[protocol.2] takes a schedule that another scheduler fires, and says who', () => {
    const { registration } = defineJob({
      ...minimal,
      schedule: { cron: '0 2 * * *', by: 'external', firedBy: 'cron on db-1' },
      // that scheduler may give them
      parameters: z.object({ month: z.string() }),
      abilities: { log: { able: false, because: 'journald on db-1 keeps it' } },
    });
    expect(registration).toMatchObject({
      schedule: {
        cron: '0 2 * * *',
        timezone: 'UTC',
        by: 'external',
        firedBy: 'cron on db-1',
      },
      abilities: { log: { able: false } },
    });
  });

  it('[protocol.2] refuses manualRun: false where another scheduler fires the job, since no worker can prove it', () => {
    expect(
      fieldOf({
        manualRun: false,
        schedule: { cron: '0 2 * * *', by: 'external' },
      }),
    ).toBe('schedule.by');
  });
});
