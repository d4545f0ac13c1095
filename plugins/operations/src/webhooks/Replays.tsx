import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import LinearProgress from '@material-ui/core/LinearProgress';
import { webhookReplayPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { BulkReplay } from '@craft-easy/backstage-plugin-operations-common/internal';
import { framed, styles, wrapped } from '../components/styles';
import { ActionButton, ActionDialog } from '../components/actions';
import { Person } from '../components/Person';
import { durationText, MINUTE } from '../components/time';
import { useLive } from '../hooks/useLive';
import { webhookMessages, type WebhookT } from './messages';
import { WEBHOOK_TOPICS } from './params';
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
  const { t } = useTranslationRef(webhookMessages);
  const [stopping, setStopping] = useState(false);
  const { replay } = props;
  const ended =
    replay.delivered + replay.failed + replay.refused + replay.stopped;
  const over = replay.endedAt !== undefined;
  return (
    <section
      className={classes.root}
      aria-label={t('replays.label', { id: replay.id })}
    >
      <div className={classes.line}>
        <strong>{titleOf(t, replay)}</strong>
        <span role="status">{figuresOf(t, replay)}</span>
        {!over && replay.ratePerSecond > 0 && (
          <Muted>
            {replay.secondsLeft === undefined
              ? t('replays.rate', { rate: replay.ratePerSecond })
              : t('replays.rateAndLeft', {
                  rate: replay.ratePerSecond,
                  duration: durationText(replay.secondsLeft * 1000),
                })}
          </Muted>
        )}
        <span className={classes.grow} />
        <Muted>
          {t('replays.by', {
            person: <Person of={replay.requestedBy} />,
            reason: replay.reason,
          })}
        </Muted>
        {replay.status === 'running' && (
          <ActionButton
            capability={
              replay.canStop
                ? { allowed: true }
                : {
                    allowed: false,
                    rule: 'permission',
                    permission: webhookReplayPermission.name,
                    reason: t('replays.mayNotStop', {
                      permission: webhookReplayPermission.name,
                    }),
                  }
            }
            label={t('replays.stopLabel', { count: replay.total })}
            onClick={() => setStopping(true)}
          >
            {t('replays.stop')}
          </ActionButton>
        )}
      </div>
      <LinearProgress
        variant="determinate"
        value={replay.total === 0 ? 100 : (ended / replay.total) * 100}
        aria-label={t('replays.progress')}
      />
      {stopping && (
        <StopDialog replay={replay} onClose={() => setStopping(false)} />
      )}
    </section>
  );
}

/** Stops a bulk replay: nothing more of it is sent. */
function StopDialog(props: { replay: BulkReplay; onClose: () => void }) {
  const { t } = useTranslationRef(webhookMessages);
  const { replay } = props;
  return (
    <ActionDialog
      action="webhook.replay.stop"
      onClose={props.onClose}
      title={t('replays.stopDialog.title', { count: replay.total })}
      button={t('replays.stopDialog.button')}
      danger
      facts={[
        t('replays.stopDialog.left', { count: replay.left }),
        t('replays.stopDialog.sending'),
        t('replays.stopDialog.delivered'),
      ]}
      endpoint="POST /webhook-replays/:id/stop"
      params={{ id: replay.id }}
      outcome={result =>
        t('replays.stopDialog.outcome', { count: result.replay.stopped })
      }
    />
  );
}

function titleOf(t: WebhookT, { status, total: count }: BulkReplay): string {
  switch (status) {
    case 'running':
    case 'stopping':
    case 'stopped':
      return t(`replays.titles.${status}`, { count });
    default:
      return t('replays.titles.ended', { count });
  }
}

function figuresOf(t: WebhookT, replay: BulkReplay): string {
  const figures = [
    ['delivered', true],
    ['failed', replay.failed > 0],
    ['refused', replay.refused > 0],
    ['stopped', replay.stopped > 0],
    ['sent', replay.sent > 0],
    ['left', replay.status === 'running'],
  ] as const;
  return figures
    .filter(([, shown]) => shown)
    .map(([name]) => t(`replays.figures.${name}`, { count: replay[name] }))
    .join(' · ');
}
