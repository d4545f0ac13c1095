import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import LinearProgress from '@material-ui/core/LinearProgress';
import { ActionButton } from '../components/actions';
import { Person } from '../components/Person';
import { framed, styles, wrapped } from '../components/styles';
import { Muted } from '../components/text';
import { durationText, MINUTE } from '../components/time';
import { bulkMessages } from './messages';

const useStyles = styles('BulkProgress', theme => ({
  root: {
    padding: theme.spacing(1, 1.5),
    ...framed(theme),
    fontSize: '0.875rem',
    fontVariantNumeric: 'tabular-nums',
  },
  line: {
    ...wrapped,
    gap: theme.spacing(0.5, 2),
    marginBottom: theme.spacing(0.75),
  },
  grow: { flex: 1 },
}));

/** A bulk action of any kind, as far as its progress goes. */
interface Bulk {
  id: string;
  status: string;
  requestedBy: string;
  reason: string;
  endedAt?: string;
  total: number;
  ratePerSecond: number;
  secondsLeft?: number;
  canStop: boolean;
}

/** A bulk action that has ended stays in view this long. */
const ENDED_SHOWN_MS = 10 * MINUTE;
const MOST_SHOWN = 5;

/** Those under way, and those that have just ended; at most five. */
export function recentBulks<B extends Bulk>(bulks: B[] | undefined): B[] {
  return (bulks ?? [])
    .filter(
      ({ endedAt }) =>
        !endedAt || Date.now() - Date.parse(endedAt) < ENDED_SHOWN_MS,
    )
    .slice(0, MOST_SHOWN);
}

/** How far a bulk action is: figures, pace, time left, who asked for it, and a button to stop. */
export function BulkProgress(props: {
  bulk: Bulk;
  /** how many have an outcome */
  ended: number;
  words: {
    /** of the section, and of its progress bar */
    label: string;
    progress: string;
    title: string;
    figures: string;
    /** of the button that stops it */
    stop: string;
  };
  /** what one needs to stop it, and what to say to who lacks it */
  permission: { name: string; missing: string };
  stopDialog: (onClose: () => void) => ReactNode;
  /** below the bar */
  children?: ReactNode;
}) {
  const classes = useStyles();
  const { t } = useTranslationRef(bulkMessages);
  const [stopping, setStopping] = useState(false);
  const { bulk, ended, words, permission } = props;
  return (
    <section className={classes.root} aria-label={words.label}>
      <div className={classes.line}>
        <strong>{words.title}</strong>
        <span role="status">{words.figures}</span>
        {bulk.endedAt === undefined && bulk.ratePerSecond > 0 && (
          <Muted>
            {bulk.secondsLeft === undefined
              ? t('rate', { rate: bulk.ratePerSecond })
              : t('rateAndLeft', {
                  rate: bulk.ratePerSecond,
                  duration: durationText(bulk.secondsLeft * 1000),
                })}
          </Muted>
        )}
        <span className={classes.grow} />
        <Muted>
          {t('by', {
            person: <Person of={bulk.requestedBy} />,
            reason: bulk.reason,
          })}
        </Muted>
        {bulk.status === 'running' && (
          <ActionButton
            capability={
              bulk.canStop
                ? { allowed: true }
                : {
                    allowed: false,
                    rule: 'permission',
                    permission: permission.name,
                    reason: permission.missing,
                  }
            }
            label={words.stop}
            onClick={() => setStopping(true)}
          >
            {t('stop')}
          </ActionButton>
        )}
      </div>
      <LinearProgress
        variant="determinate"
        value={bulk.total === 0 ? 100 : (ended / bulk.total) * 100}
        aria-label={words.progress}
      />
      {props.children}
      {stopping && props.stopDialog(() => setStopping(false))}
    </section>
  );
}
