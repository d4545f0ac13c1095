import { useEffect, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import LinearProgress from '@material-ui/core/LinearProgress';
import Stop from '@material-ui/icons/Stop';
import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import { muted, styles } from '../components/styles';
import { AuditLink } from '../audit/AuditLink';
import { ActionButton, ActionDialog } from '../components/actions';
import { Loaded } from '../components/Loaded';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { Section } from '../components/Stack';
import { StatusChip } from '../components/StatusChip';
import { numberText } from '../components/format';
import { roughDuration, SECOND } from '../components/time';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { cacheMessages, type CacheT } from './messages';
import {
  doneText,
  effectOf,
  isActive,
  latencyText,
  percentOf,
  selectionText,
} from './words';
import { Facts } from '../components/Facts';

const useStyles = styles('PurgeProgress', theme => ({
  figures: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(120px, 1fr))',
    gap: theme.spacing(1, 2),
    margin: theme.spacing(1.5, 0),
    '& dt': muted(theme),
    '& dd': {
      margin: 0,
      fontSize: '1.125rem',
      fontVariantNumeric: 'tabular-nums',
    },
  },
  bar: { height: 8, borderRadius: 4 },
  row: { display: 'flex', gap: theme.spacing(1), alignItems: 'center' },
}));

/** Shows how far a purge has come, or how it ended. */
export function PurgeProgress(props: {
  id: string;
  /** called with each state of it that arrives */
  onSeen: (purge: CachePurge) => void;
}) {
  const { t } = useTranslationRef(cacheMessages);
  const live = useLive(
    'GET /cache-purges/:id',
    { params: { id: props.id } },
    {
      everyMs: purge => (purge && !isActive(purge) ? 0 : 1_000),
      topics: ['caches'],
    },
  );
  const { data } = live;
  const { onSeen } = props;
  useEffect(() => {
    if (data) onSeen(data);
  }, [data, onSeen]);
  return (
    <Loaded of={live} failure={t('progress.failure')} skeleton={<></>}>
      {purge => <Progress purge={purge} />}
    </Loaded>
  );
}

function Progress(props: { purge: CachePurge }) {
  const classes = useStyles();
  const { t } = useTranslationRef(cacheMessages);
  const [stopping, setStopping] = useState(false);
  const { purge: data } = props;
  const percent = percentOf(data);
  return (
    <Section
      title={t('progress.title', { cache: data.targetTitle })}
      aside={<code>{selectionText(t, data)}</code>}
    >
      <div className={classes.row} role="status">
        <StatusChip status={data.status} />
        <span>{sentence(t, data)}</span>
      </div>
      <Facts
        className={classes.figures}
        facts={[
          [t('progress.figures.scanned'), numberText(data.scanned)],
          [t('progress.figures.matched'), numberText(data.matched)],
          [t(`progress.figures.${effectOf(data)}`), numberText(data.removed)],
          [t('progress.figures.skipped'), numberText(data.skipped)],
          [t('progress.figures.rate'), rateText(data)],
          [
            t('progress.figures.latency'),
            data.latencyMs === undefined ? '–' : latencyText(t, data.latencyMs),
          ],
        ]}
      />
      {isActive(data) && (
        <LinearProgress
          className={classes.bar}
          variant="determinate"
          value={percent}
          aria-label={t('progress.bar', { percent: String(percent) })}
        />
      )}
      {data.error && <p role="alert">{data.error}</p>}
      <p>
        {t('progress.requested', {
          person: <Person of={data.requestedBy} />,
          time: <RelativeTime at={data.createdAt} />,
          reason: data.reason,
        })}{' '}
        {data.resumed > 0 && (
          <>{t('progress.resumed', { count: data.resumed })} </>
        )}
      </p>
      {data.auditId && (
        <p>
          <AuditLink of={{ entry: data.auditId }}>
            {t('progress.audit')}
          </AuditLink>
        </p>
      )}
      {isActive(data) && (
        <ActionButton
          capability={data.cancel}
          label={t('progress.stopOf', { cache: data.targetTitle })}
          icon={<Stop />}
          onClick={() => setStopping(true)}
        >
          {t('progress.stop')}
        </ActionButton>
      )}
      {stopping && (
        <StopDialog purge={data} onClose={() => setStopping(false)} />
      )}
    </Section>
  );
}

function StopDialog(props: { purge: CachePurge; onClose: () => void }) {
  const { t } = useTranslationRef(cacheMessages);
  const { purge } = props;
  const cache = purge.targetTitle;
  return (
    <ActionDialog
      action="cache.cancel-purge"
      onClose={props.onClose}
      title={t('stopDialog.title', { cache })}
      button={t('stopDialog.button')}
      danger
      facts={[
        purge.status === 'queued'
          ? t('stopDialog.notBegun')
          : t(`stopDialog.${effectOf(purge)}`, { count: purge.removed }),
        t('stopDialog.soon'),
      ]}
      endpoint="POST /cache-purges/:id/cancel"
      params={{ id: purge.id }}
      outcome={() => t('stopDialog.outcome', { cache })}
    />
  );
}

/** How many keys a second it takes now; of one that has ended, nothing. */
function rateText(purge: CachePurge): string | undefined {
  if (!isActive(purge)) return undefined;
  const { currentKeysPerSecond: rate } = purge;
  return rate ? numberText(Math.round(rate)) : '–';
}

function sentence(t: CacheT, purge: CachePurge): string {
  const { secondsLeft, windowSeconds = 0 } = purge;
  const done = doneText(t, purge);
  const scanned = {
    percent: String(percentOf(purge)),
    total: purge.totalKeys,
  };
  switch (purge.status) {
    case 'queued':
      return purge.ahead
        ? t('progress.states.waiting', { count: purge.ahead })
        : t('progress.states.queued');
    case 'running':
      return secondsLeft === undefined
        ? t('progress.states.running', scanned)
        : t('progress.states.runningLeft', {
            ...scanned,
            duration: roughDuration(secondsLeft * SECOND),
          });
    case 'cancelling':
      return t('progress.states.cancelling', { done });
    case 'succeeded':
      return purge.mode === 'hard'
        ? done
        : t('progress.states.softDone', {
            count: purge.removed,
            window: roughDuration(windowSeconds * SECOND),
          });
    case 'cancelled':
      return t('progress.states.cancelled', { done });
    default:
      return done;
  }
}
