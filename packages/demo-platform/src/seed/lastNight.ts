import { DateTime } from 'luxon';
import { slotRunId } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  remind,
  weeklyLicenseRenewalReminder,
} from '../jobs/growth/weeklyLicenseRenewalReminder';
import { dailyMrrRollup, dayBefore } from '../jobs/finance/dailyMrrRollup';
import type { EndedRun } from './record';
import { slotBefore } from './slots';

/** How many reminders go out before the mail provider fails. */
const SENT_BEFORE_OUTAGE = 4;

/**
 * Last night's reminders. They are sent to a mail provider that answers 502 in the middle; only
 * their time is moved to 02:14.
 */
export async function failedReminder(
  mailUrl: string,
  now: number,
): Promise<EndedRun> {
  const slot = slotOf(weeklyLicenseRenewalReminder, now);
  await fetch(`${mailUrl}/outages`, {
    method: 'POST',
    body: JSON.stringify({ count: 1, after: SENT_BEFORE_OUTAGE }),
  });
  const log: string[] = [];
  let error: Error | undefined;
  try {
    await remind(
      {
        log: text => log.push(text),
        progress: async () => {},
        dryRun: false,
        parameters: { daysAhead: 30 },
      },
      mailUrl,
      DateTime.fromMillis(slot, { zone: 'utc' }),
    );
  } catch (thrown) {
    error = thrown as Error;
  }
  if (!error) {
    throw new Error('the mail provider did not fail when it should');
  }
  return {
    ...failed(weeklyLicenseRenewalReminder, slot),
    startedAt: slot + 210,
    endedAt: slot + 4_870,
    error: error.message,
    log,
  };
}

/** Last night's roll-up: the exchange rates were late. */
export function failedRollup(now: number): EndedRun {
  const slot = slotOf(dailyMrrRollup, now);
  const day = dayBefore(new Date(slot));
  return {
    ...failed(dailyMrrRollup, slot),
    startedAt: slot + 140,
    endedAt: slot + 31_600,
    error: `exchange rates of ${day} are not published yet`,
    log: [
      `rolling up ${day}`,
      'nordic-gym: 1452340 SEK',
      'waiting 30 s for the exchange rate of CHF',
      `ERROR exchange rates of ${day} are not published yet`,
      'nothing was posted to the ledger',
    ],
  };
}

function failed({ name: job }: typeof dailyMrrRollup, slot: number) {
  const id = slotRunId(job, slot);
  return { id, job, state: 'failed', trigger: 'schedule', slot } as const;
}

function slotOf(job: typeof dailyMrrRollup, now: number): number {
  const { schedule } = job;
  if (!schedule || !('cron' in schedule)) {
    throw new Error(`${job.name} has no cron schedule`);
  }
  // a run that would still be in progress is not last night's
  return slotBefore(schedule, now - 60_000);
}
