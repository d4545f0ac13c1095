/** The names that a declaration may have; most of the forms are the protocol's. */
import type { JobAbilities } from '@craft-easy/backstage-plugin-operations-protocol';
import { z } from 'zod';
import { forms, optionsOf } from '../../checked';
import type {
  JobDeclaration,
  JobLinkDeclaration,
  ScheduleDeclaration,
} from './types';

type AnyOf<Union> = {
  [K in Union extends unknown ? keyof Union : never]?: unknown;
};

const any = z.any().optional();

const link = optionsOf<JobLinkDeclaration>(
  { title: any, url: any },
  { href: 'url', name: 'title' },
);

const schedule: z.ZodType<any> = optionsOf<AnyOf<ScheduleDeclaration>>(
  {
    cron: any,
    timezone: any,
    every: any,
    offset: any,
    by: any,
    firedBy: any,
  },
  { expression: 'cron', interval: 'every', pattern: 'cron', tz: 'timezone' },
);

export const declarationForm = optionsOf<JobDeclaration<any>>(
  {
    name: any,
    title: any,
    description: any,
    owner: any,
    system: any,
    lifecycle: any,
    tags: any,
    links: z.array(link).optional(),
    schedule: schedule.optional(),
    manualRun: forms.flag.optional(),
    startWithin: any,
    manualRunReason: any,
    onCall: link.optional(),
    cancellable: forms.flag.optional(),
    tenantScoped: forms.flag.optional(),
    supportsDryRun: forms.flag.optional(),
    supportsTimeRange: forms.flag.optional(),
    parameters: any,
    targetDuration: any,
    maxQueueDepth: any,
    maxWait: any,
    missedAfter: any,
    failureThreshold: forms.count.optional(),
    timeout: any,
    attempts: forms.count.optional(),
    backoff: optionsOf<NonNullable<JobDeclaration['backoff']>>({
      type: any,
      delay: any,
    }).optional(),
    concurrency: forms.count.optional(),
    abilities: optionsOf<JobAbilities>({
      run: any,
      cancel: any,
      retry: any,
      scheduleProof: any,
      log: any,
      pause: any,
    }).optional(),
    handler: forms.callback,
  },
  {
    cron: 'schedule: { cron }',
    dryRun: 'supportsDryRun',
    every: 'schedule: { every }',
    id: 'name',
    params: 'parameters',
    perTenant: 'tenantScoped',
    processor: 'handler',
    repeat: 'schedule',
    retries: 'attempts',
    run: 'handler',
    timeRange: 'supportsTimeRange',
    timezone: 'schedule: { timezone }',
    tz: 'schedule: { timezone }',
  },
);
