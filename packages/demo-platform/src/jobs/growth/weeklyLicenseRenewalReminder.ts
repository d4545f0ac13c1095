import { DateTime } from 'luxon';
import { z } from 'zod';
import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { MailProviderError, sendMail } from '../../mail/client';
import { readConfig } from '../../platform/config';
import { licencesEndingWithin } from '../../platform/licences';
import { ofTeam } from '../../platform/teams';

/** What the handler needs of its context; the seed calls it too. */
export interface ReminderContext {
  log(text: string): void;
  progress(percent: number): Promise<void>;
  signal?: AbortSignal;
  dryRun: boolean;
  parameters: { daysAhead: number };
}

/**
 * Reminds the holder of each licence that is about to end, once per licence and week however
 * often it runs.
 */
export async function remind(
  ctx: ReminderContext,
  mailUrl: string,
  now: DateTime,
): Promise<{ sent: number; alreadySent: number }> {
  const licences = licencesEndingWithin(ctx.parameters.daysAhead, now);
  const week = now.toFormat("kkkk-'W'WW");
  ctx.log(
    `${licences.length} licences end within ${ctx.parameters.daysAhead} days`,
  );
  let sent = 0;
  let alreadySent = 0;
  for (const [i, licence] of licences.entries()) {
    if (ctx.dryRun) {
      ctx.log(`would remind ${licence.email} (${licence.id})`);
      continue;
    }
    try {
      const how = await sendMail(
        mailUrl,
        {
          key: `renewal-${licence.id}-${week}`,
          to: licence.email,
          subject: 'Your licence is about to end',
          text: `${licence.id} ends on ${licence.endsOn}.`,
        },
        ctx.signal,
      );
      if (how === 'sent') {
        sent += 1;
      } else {
        alreadySent += 1;
      }
      ctx.log(
        how === 'sent'
          ? `POST /v1/messages → 202 Accepted: ${licence.email} (${licence.id})`
          : `POST /v1/messages → 200 OK: ${licence.id} had been sent before`,
      );
    } catch (error) {
      if (error instanceof MailProviderError) {
        ctx.log(
          `POST /v1/messages → ${error.status} ${error.statusText} from the mail provider; ${licence.id} not reminded`,
        );
        ctx.log(`ERROR stopping after ${i} of ${licences.length} reminders`);
      }
      throw error;
    }
    await ctx.progress((100 * (i + 1)) / licences.length);
  }
  ctx.log(`done: ${sent} sent, ${alreadySent} had been sent before`);
  return { sent, alreadySent };
}

export const weeklyLicenseRenewalReminder = defineJob({
  ...ofTeam('growth', 'weekly-license-renewal-reminder'),
  title: 'Weekly licence renewal reminder',
  description:
    'Reminds the holders of licences that end within 30 days. Sends once per licence and week, so it is safe to run again.',
  tags: ['mail', 'licences'],
  schedule: {
    cron: `14 2 * * ${readConfig().reminderWeekday}`,
    timezone: 'Europe/Stockholm',
  },
  missedAfter: { minutes: 15 },
  targetDuration: { minutes: 2 },
  timeout: { minutes: 10 },
  cancellable: true,
  supportsDryRun: true,
  parameters: z.object({
    daysAhead: z
      .number()
      .int()
      .min(1)
      .max(90)
      .default(30)
      .describe('Licences that end within this many days'),
  }),
  handler: async ctx => ({
    result: await remind(ctx, readConfig().mailUrl, DateTime.utc()),
  }),
});
