import { useState } from 'react';
import LinearProgress from '@material-ui/core/LinearProgress';
import type { BulkReplay } from '@craft-easy/backstage-plugin-operations-common/internal';
import { framed, styles, wrapped } from '../components/styles';
import { ActionButton, ActionDialog } from '../components/actions';
import { Person } from '../components/Person';
import { durationText, MINUTE } from '../components/time';
import { useLive } from '../hooks/useLive';
import { WEBHOOK_TOPICS } from './params';
import { deliveries } from './words';
import { Muted } from '../components/text';

const useStyles = styles('WebhookReplays', theme => ({
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

/** A replay that has ended stays in view this long. */
const ENDED_SHOWN_MS = 10 * MINUTE;

/**
 * Bulk replays under way, and those that have just ended, with their figures, pace, time left and a
 * button to stop.
 */
export function Replays() {
  const replays = useLive(
    'GET /webhook-replays',
    {},
    { everyMs: 2_000, topics: WEBHOOK_TOPICS },
  );
  const recent = (replays.data?.items ?? []).filter(
    replay =>
      !replay.endedAt ||
      Date.now() - Date.parse(replay.endedAt) < ENDED_SHOWN_MS,
  );
  return (
    <>
      {recent.slice(0, 5).map(replay => (
        <Progress key={replay.id} replay={replay} />
      ))}
    </>
  );
}

function Progress(props: { replay: BulkReplay }) {
  const classes = useStyles();
  const [stopping, setStopping] = useState(false);
  const { replay } = props;
  const ended =
    replay.delivered + replay.failed + replay.refused + replay.stopped;
  const over = replay.endedAt !== undefined;
  return (
    <section className={classes.root} aria-label={`Replay ${replay.id}`}>
      <div className={classes.line}>
        <strong>{titleOf(replay)}</strong>
        <span role="status">{figuresOf(replay)}</span>
        {!over && replay.ratePerSecond > 0 && (
          <Muted>
            {replay.ratePerSecond.toLocaleString()}/s
            {replay.secondsLeft !== undefined &&
              `, about ${durationText(replay.secondsLeft * 1000)} left`}
          </Muted>
        )}
        <span className={classes.grow} />
        <Muted>
          by <Person of={replay.requestedBy} />: “{replay.reason}”
        </Muted>
        {replay.status === 'running' && (
          <ActionButton
            capability={
              replay.canStop
                ? { allowed: true }
                : {
                    allowed: false,
                    rule: 'permission',
                    permission: 'operations.webhook.replay',
                    reason:
                      'You do not have the permission operations.webhook.replay for all its tenants',
                  }
            }
            label={`Stop the replay of ${deliveries(replay.total)}`}
            onClick={() => setStopping(true)}
          >
            Stop
          </ActionButton>
        )}
      </div>
      <LinearProgress
        variant="determinate"
        value={replay.total === 0 ? 100 : (ended / replay.total) * 100}
        aria-label="Progress of the replay"
      />
      {stopping && (
        <StopDialog replay={replay} onClose={() => setStopping(false)} />
      )}
    </section>
  );
}

/** Stops a bulk replay: nothing more of it is sent. */
function StopDialog(props: { replay: BulkReplay; onClose: () => void }) {
  const { replay } = props;
  const left = deliveries(replay.left);
  return (
    <ActionDialog
      action="webhook.replay.stop"
      onClose={props.onClose}
      title={`Stop replay of ${deliveries(replay.total)}`}
      button="Stop replay"
      danger
      facts={[
        `${left} that wait for their turn will not be sent; they stay in the inbox as they are.`,
        'What is being sent this moment may still arrive.',
        'What was delivered stays delivered.',
      ]}
      endpoint="POST /webhook-replays/:id/stop"
      params={{ id: replay.id }}
      outcome={result =>
        `Stopped: ${deliveries(result.replay.stopped)} not sent.`
      }
    />
  );
}

const TITLES: Record<string, string> = {
  running: 'Replaying',
  stopping: 'Stopping the replay of',
  stopped: 'Stopped the replay of',
};

function titleOf({ status, total }: BulkReplay): string {
  return `${TITLES[status] ?? 'Replayed'} ${deliveries(total)}`;
}

function figuresOf(replay: BulkReplay): string {
  const figures: Array<[number, string, boolean]> = [
    [replay.delivered, 'delivered', true],
    [replay.failed, 'failed again', replay.failed > 0],
    [replay.refused, 'refused', replay.refused > 0],
    [replay.stopped, 'not sent', replay.stopped > 0],
    [replay.sent, 'under way', replay.sent > 0],
    [replay.left, 'left', replay.status === 'running'],
  ];
  return figures
    .filter(([, , shown]) => shown)
    .map(([n, word]) => `${n.toLocaleString()} ${word}`)
    .join(' · ');
}
