import { useEffect, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  OverrideLimit,
  OverridePreview,
  OverridePreviewQuery,
  OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  absoluteTime,
  errorText,
  hairline,
  Skeleton,
  styles,
  tones,
  useErrorT,
} from '../components';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { rateLimitMessages } from './messages';
import { limitText, quotaText, subjectText } from './words';

const useStyles = styles('OverridePreview', theme => ({
  root: {
    border: hairline(theme),
    borderRadius: theme.shape.borderRadius,
    padding: theme.spacing(1, 1.5),
    fontSize: '0.875rem',
    '& p': { margin: theme.spacing(0.5, 0) },
  },
  bars: { display: 'flex', alignItems: 'flex-end', height: 40, gap: 1 },
  bar: { flex: 1, display: 'flex', flexDirection: 'column-reverse' },
  passed: { backgroundColor: tones(theme).busy.solid },
  refused: {
    backgroundImage: `repeating-linear-gradient(45deg, ${
      tones(theme).bad.solid
    } 0 2px, transparent 2px 4px)`,
  },
  warn: { color: tones(theme).warn.text },
}));

const PAUSE_MS = 300;

function queryOf(
  subject: OverrideSubject,
  limit: OverrideLimit,
): OverridePreviewQuery {
  return {
    subjectKind: subject.kind,
    subject: subjectText(subject),
    limitKind: limit.kind,
    factor: limit.kind === 'multiplier' ? limit.factor : undefined,
    limit: limit.kind === 'fixed' ? limit.limit : undefined,
  };
}

/** What the proposed override would have meant in the last hour. */
export function PreviewLine(props: {
  subject: OverrideSubject;
  limit: OverrideLimit;
}) {
  const classes = useStyles();
  const { t } = useTranslationRef(rateLimitMessages);
  const errorT = useErrorT();
  const wanted = JSON.stringify(queryOf(props.subject, props.limit));
  const [asked, setAsked] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const preview = useLive(
    'GET /rate-limit-overrides/preview',
    { query: JSON.parse(asked) },
    { everyMs: 30_000 },
  );
  if (preview.error && !preview.data) {
    return (
      <div className={classes.root}>
        {t('preview.failure', { reason: errorText(errorT, preview.error) })}
      </div>
    );
  }
  return (
    <div className={classes.root} role="group" aria-label={t('preview.label')}>
      {!preview.data && <Skeleton width="80%" />}
      {preview.data?.inForce && (
        <p className={classes.warn}>
          {t('preview.inForce', {
            limit: limitText(t, preview.data.inForce.limit),
            time: absoluteTime(preview.data.inForce.endsAt),
          })}
        </p>
      )}
      {preview.data?.limiters.length === 0 && <p>{t('preview.none')}</p>}
      {preview.data?.limiters.map(limiter => (
        <LimiterPreview key={limiter.limiter} {...limiter} />
      ))}
    </div>
  );
}

function LimiterPreview(props: OverridePreview['limiters'][number]) {
  const classes = useStyles();
  const { t } = useTranslationRef(rateLimitMessages);
  const { passed, refused, wouldHavePassed, wouldHaveBeenRefused } = props;
  const most = Math.max(1, ...props.minutes.map(m => m.passed + m.refused));
  const changes = [
    wouldHavePassed > 0 && t('preview.wouldPass', { count: wouldHavePassed }),
    wouldHaveBeenRefused > 0 &&
      t('preview.wouldBeRefused', { count: wouldHaveBeenRefused }),
  ].filter(Boolean);
  const share = (n: number) => `${(n / most) * 100}%`;
  return (
    <>
      <p>
        {t('preview.figures', {
          limiter: props.limiter,
          quota: quotaText(t, props.quota),
          passed,
          refused,
        })}{' '}
        <strong>
          {changes.length > 0 ? changes.join(' ') : t('preview.same')}
        </strong>
      </p>
      <div className={classes.bars} aria-hidden>
        {props.minutes.map(minute => (
          <div
            key={minute.at}
            className={classes.bar}
            style={{ height: '100%' }}
          >
            <div
              className={classes.passed}
              style={{ height: share(minute.passed) }}
            />
            <div
              className={classes.refused}
              style={{ height: share(minute.refused) }}
            />
          </div>
        ))}
      </div>
    </>
  );
}
