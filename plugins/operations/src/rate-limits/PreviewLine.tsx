import { useEffect, useState } from 'react';
import type {
  OverrideLimit,
  OverridePreview,
  OverridePreviewQuery,
  OverrideSubject,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { absoluteTime, hairline, Skeleton, styles, tones } from '../components';
import { useLive } from '../hooks/useLive';
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
const figure = (n: number) => n.toLocaleString('en');

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
        The last hour cannot be looked at now: {preview.error.message}
      </div>
    );
  }
  return (
    <div
      className={classes.root}
      aria-label="What it would have meant in the last hour"
    >
      {!preview.data && <Skeleton width="80%" />}
      {preview.data?.inForce && (
        <p className={classes.warn}>
          There is an override already: {limitText(preview.data.inForce.limit)}{' '}
          up to {absoluteTime(preview.data.inForce.endsAt)}. Extend it or end
          it.
        </p>
      )}
      {preview.data?.limiters.length === 0 && (
        <p>No limiter of the platform counts such requests now.</p>
      )}
      {preview.data?.limiters.map(limiter => (
        <LimiterPreview key={limiter.limiter} {...limiter} />
      ))}
    </div>
  );
}

function difference(n: number, what: string): string {
  return n > 0 ? `About ${figure(n)} of those ${what}.` : '';
}

function LimiterPreview(props: OverridePreview['limiters'][number]) {
  const classes = useStyles();
  const { passed, refused, wouldHavePassed, wouldHaveBeenRefused } = props;
  const most = Math.max(1, ...props.minutes.map(m => m.passed + m.refused));
  const share = (n: number) => `${(n / most) * 100}%`;
  return (
    <>
      <p>
        In the last hour {figure(passed)} passed and {figure(refused)} were
        refused by “{props.limiter}” ({quotaText(props.quota)}).{' '}
        <strong>
          {difference(wouldHavePassed, 'refused would have passed')}
          {difference(
            wouldHaveBeenRefused,
            'that passed would have been refused',
          )}
          {!wouldHavePassed &&
            !wouldHaveBeenRefused &&
            'It would have made no difference.'}
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
