import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { LateTooltip } from '../components/LateTooltip';
import { commonMessages, type CommonT } from '../components/messages';
import { muted, styles } from '../components/styles';
import {
  absoluteTime,
  sameClock,
  scheduledTime,
  viewerZone,
} from '../components/time';
import { useNow } from '../hooks/useNow';
import { scheduleSource, scheduleText, scheduleZone } from './schedule';
import { jobMessages, type JobT } from './messages';

const useStyles = styles('NextRun', theme => ({
  // never cut: half a schedule is another one
  words: { overflowWrap: 'anywhere' },
  next: { ...muted(theme), lineHeight: 1.35 },
}));

/**
 * The schedule of a job in words, and its next run in its zone and the viewer's; on hover the next
 * times in both, and the expression.
 */
export function NextRun(props: {
  job: Pick<JobSummary, 'schedule' | 'nextRunAt' | 'registered'> & {
    nextRuns?: string[];
  };
}) {
  const { t } = useTranslationRef(jobMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const classes = useStyles();
  const now = useNow(20_000);
  const { schedule, nextRunAt } = props.job;
  const nextRuns = props.job.nextRuns ?? (nextRunAt ? [nextRunAt] : []);
  const zone = scheduleZone(schedule);
  const source = scheduleSource(schedule);
  return (
    <LateTooltip
      title={
        source || nextRuns.length > 0 ? (
          <>
            {source && <div>{source}</div>}
            {nextRuns.map(at => (
              <div key={at}>
                {zone && !sameClock(at, zone, viewerZone())
                  ? t('next.same', {
                      time: absoluteTime(at),
                      other: absoluteTime(at, zone),
                    })
                  : absoluteTime(at)}
              </div>
            ))}
          </>
        ) : (
          ''
        )
      }
    >
      <div>
        <div className={classes.words}>{scheduleText(t, schedule)}</div>
        {schedule !== null && (
          <div className={classes.next}>
            {nextText(t, common, props.job, now)}
          </div>
        )}
      </div>
    </LateTooltip>
  );
}

function nextText(
  t: JobT,
  common: CommonT,
  job: Pick<JobSummary, 'schedule' | 'nextRunAt' | 'registered'>,
  now: number,
): string {
  if (!job.registered) return t('next.retired');
  if (!job.nextRunAt) return t('next.unknown');
  const zone = scheduleZone(job.schedule);
  const time = scheduledTime(common, job.nextRunAt, now, { zone });
  return t('next.at', { time });
}
