import { useState } from 'react';
import Button from '@material-ui/core/Button';
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
import { roughDuration, SECOND } from '../components/time';
import { useLive } from '../hooks/useLive';
import {
  doneWord,
  isActive,
  keysText,
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
export function PurgeProgress(props: { id: string; onClose: () => void }) {
  const live = useLive(
    'GET /cache-purges/:id',
    { params: { id: props.id } },
    {
      everyMs: purge => (purge && !isActive(purge) ? 0 : 1_000),
      topics: ['caches'],
    },
  );
  return (
    <Loaded of={live} failure="The purge could not be loaded" skeleton={<></>}>
      {purge => <Progress purge={purge} onClose={props.onClose} />}
    </Loaded>
  );
}

function Progress(props: { purge: CachePurge; onClose: () => void }) {
  const classes = useStyles();
  const [stopping, setStopping] = useState(false);
  const { purge: data } = props;
  const percent = percentOf(data);
  return (
    <Section
      title={`Purge of ${data.targetTitle}`}
      aside={<code>{selectionText(data)}</code>}
    >
      <div className={classes.row} role="status">
        <StatusChip status={data.status} />
        <span>{sentence(data)}</span>
      </div>
      <Facts
        className={classes.figures}
        facts={[
          ['Looked at', data.scanned.toLocaleString()],
          ['Matched', data.matched.toLocaleString()],
          [capital(doneWord(data)), data.removed.toLocaleString()],
          ['Left alone', data.skipped.toLocaleString()],
          [
            'Keys a second',
            data.currentKeysPerSecond === undefined
              ? '–'
              : Math.round(data.currentKeysPerSecond).toLocaleString(),
          ],
          [
            'Others wait (p99)',
            data.latencyMs === undefined ? '–' : latencyText(data.latencyMs),
          ],
        ]}
      />
      {isActive(data) && (
        <LinearProgress
          className={classes.bar}
          variant="determinate"
          value={percent}
          aria-label={`${percent} percent of the keys looked at`}
        />
      )}
      {data.error && <p role="alert">{data.error}</p>}
      <p>
        Asked for by <Person of={data.requestedBy} />{' '}
        <RelativeTime at={data.createdAt} />: “{data.reason}”.{' '}
        {data.resumed > 0 &&
          `Taken over by another replica ${times(data.resumed)}. `}
        {data.auditId && (
          <AuditLink of={{ entry: data.auditId }}>Audit row</AuditLink>
        )}
      </p>
      <div className={classes.row}>
        {isActive(data) && (
          <ActionButton
            capability={data.cancel}
            label={`Stop the purge of ${data.targetTitle}`}
            icon={<Stop />}
            onClick={() => setStopping(true)}
          >
            Stop…
          </ActionButton>
        )}
        <Button size="small" onClick={props.onClose}>
          Close
        </Button>
      </div>
      {stopping && (
        <StopDialog purge={data} onClose={() => setStopping(false)} />
      )}
    </Section>
  );
}

function StopDialog(props: { purge: CachePurge; onClose: () => void }) {
  const { purge } = props;
  const word = doneWord(purge);
  return (
    <ActionDialog
      action="cache.cancel-purge"
      onClose={props.onClose}
      title={`Stop the purge of ${purge.targetTitle}`}
      button="Stop"
      danger
      facts={[
        purge.status === 'queued'
          ? 'It has not begun: nothing was touched.'
          : `${keysText(
              purge.removed,
            )} are ${word} already and stay so; the rest is left alone.`,
        'It ends within about a second.',
      ]}
      endpoint="POST /cache-purges/:id/cancel"
      params={{ id: purge.id }}
      outcome={() => `Stopping the purge of ${purge.targetTitle}`}
    />
  );
}

function sentence(purge: CachePurge): string {
  const { secondsLeft, windowSeconds = 0 } = purge;
  const done = `${keysText(purge.removed)} ${doneWord(purge)}`;
  const total = purge.totalKeys.toLocaleString();
  const left =
    secondsLeft === undefined
      ? ''
      : `, about ${roughDuration(secondsLeft * SECOND)} left`;
  switch (purge.status) {
    case 'queued':
      return purge.ahead
        ? `Waits for ${purge.ahead} other purge(s) of this cache`
        : 'Begins in a moment';
    case 'running':
      return `${percentOf(purge)} % of ${total} keys looked at${left}`;
    case 'cancelling':
      return `Is being stopped; ${done}`;
    case 'succeeded':
      return purge.mode === 'hard'
        ? done
        : `${keysText(purge.removed)} expire within ${roughDuration(
            windowSeconds * SECOND,
          )}`;
    case 'cancelled':
      return `Stopped; ${done}`;
    default:
      return done;
  }
}

function times(n: number): string {
  return n === 1 ? 'once' : `${n} times`;
}

function capital(word: string): string {
  return word[0].toUpperCase() + word.slice(1);
}
