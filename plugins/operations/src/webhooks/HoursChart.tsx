import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  clockTime,
  HiddenTable,
  Muted,
  quietText,
  styles,
  tickTime,
} from '../components';
import { Bars } from './HourBars';
import { webhookMessages } from './messages';

const useStyles = styles('HoursChart', theme => ({
  root: { margin: 0, fontSize: '0.8125rem' },
  line: {
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    fontVariantNumeric: 'tabular-nums',
  },
  quiet: { color: quietText(theme) },
}));

/**
 * Final failures per hour of the last day: bars with their scale, and a table for screen readers.
 */
export function HoursChart({ hours }: { hours: WebhookSummary['hours'] }) {
  const classes = useStyles();
  const { t } = useTranslationRef(webhookMessages);
  const counts = hours.map(h => h.count);
  const last = hours[hours.length - 1].hour;
  const now = Date.parse(last);
  const total = counts.reduce((a, b) => a + b, 0);
  const most = Math.max(...counts);
  return (
    <figure className={classes.root} aria-label={t('chart.title')}>
      <figcaption className={classes.line}>
        <span>{t('chart.title')}</span>
        <Muted>
          {total === 0
            ? t('chart.none', { hours: counts.length })
            : t('chart.figures', { total, hours: counts.length, most })}
        </Muted>
      </figcaption>
      <Bars counts={counts} lastHour={last} height={56} />
      <div className={`${classes.line} ${classes.quiet}`} aria-hidden>
        <span>{tickTime(hours[0].hour, now)}</span>
        <span>{tickTime(hours[Math.floor(hours.length / 2)].hour, now)}</span>
        <span>{t('chart.now')}</span>
      </div>
      <HiddenTable
        caption={t('chart.title')}
        columns={[t('chart.hourColumn'), t('chart.countColumn')]}
        rows={hours.map(({ hour, count }) => [clockTime(hour, now), count])}
      />
    </figure>
  );
}
