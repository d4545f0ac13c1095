import { DateTime } from 'luxon';
import { z } from 'zod';
import { defineJob } from '@craft-easy/operations-sdk/jobs';
import { MailProviderError, sendMail } from '../../mail/client';
import { readConfig } from '../../platform/config';
import { licensesEndingWithin } from '../../platform/licenses';
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
 * Reminds the holder of each license that is about to end, once per license and week however
 * often it runs.
 */
export async function remind(
  ctx: ReminderContext,
  mailUrl: string,
  now: DateTime,
): Promise<{ sent: number; alreadySent: number }> {
  const licenses = licensesEndingWithin(ctx.parameters.daysAhead, now);
  const week = now.toFormat("kkkk-'W'WW");
  ctx.log(
    `${licenses.length} licenses end within ${ctx.parameters.daysAhead} days`,
  );
  let sent = 0;
  let alreadySent = 0;
  for (const [i, license] of licenses.entries()) {
    if (ctx.dryRun) {
      ctx.log(`would remind ${license.email} (${license.id})`);
      continue;
    }
    try {
      const how = await sendMail(
        mailUrl,
        {
          key: `renewal-${license.id}-${week}`,
          to: license.email,
          subject: 'Your license is about to end',
          text: `${license.id} ends on ${license.endsOn}.`,
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
          ? `POST /v1/messages → 202 Accepted: ${license.email} (${license.id})`
          : `POST /v1/messages → 200 OK: ${license.id} had been sent before`,
      );
    } catch (error) {
      if (error instanceof MailProviderError) {
        ctx.log(
          `POST /v1/messages → ${error.status} ${error.statusText} from the mail provider; ${license.id} not reminded`,
        );
        ctx.log(`ERROR stopping after ${i} of ${licenses.length} reminders`);
      }
      throw error;
    }
    await ctx.progress((100 * (i + 1)) / licenses.length);
  }
  ctx.log(`done: ${sent} sent, ${alreadySent} had been sent before`);
  return { sent, alreadySent };
}

export const weeklyLicenseRenewalReminder = defineJob({
  ...ofTeam('growth', 'weekly-license-renewal-reminder'),
  title: 'Weekly license renewal reminder',
  description:
    'Reminds the holders of licenses that end within 30 days. Sends once per license and week, so it is safe to run again.',
  tags: ['mail', 'licenses'],
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
      .describe('Licenses that end within this many days'),
  }),
  handler: async ctx => ({
    result: await remind(ctx, readConfig().mailUrl, DateTime.utc()),
  }),
});
