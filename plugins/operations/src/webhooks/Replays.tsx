import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { webhookReplayPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { BulkReplay } from '@craft-easy/backstage-plugin-operations-common/internal';
import { BulkProgress, recentBulks } from '../bulk/BulkProgress';
import { ActionDialog } from '../components/actions';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { webhookMessages, type WebhookT } from './messages';
import { WEBHOOK_TOPICS } from './params';

/**
 * Bulk replays under way, and those that have just ended, with their figures, pace, time left and a
 * button to stop.
 */
export function Replays() {
  const { t } = useTranslationRef(webhookMessages);
  const replays = useLive(
    'GET /webhook-replays',
    {},
    { everyMs: 2_000, topics: WEBHOOK_TOPICS },
  );
  const { name } = webhookReplayPermission;
  return (
    <>
      {recentBulks(replays.data?.items).map(replay => (
        <BulkProgress
          key={replay.id}
          bulk={replay}
          ended={
            replay.delivered + replay.failed + replay.refused + replay.stopped
          }
          words={{
            label: t('replays.label', { id: replay.id }),
            progress: t('replays.progress'),
            title: titleOf(t, replay),
            figures: figuresOf(t, replay),
            stop: t('replays.stopLabel', { count: replay.total }),
          }}
          permission={{
            name,
            missing: t('replays.mayNotStop', { permission: name }),
          }}
          stopDialog={onClose => (
            <StopDialog replay={replay} onClose={onClose} />
          )}
        />
      ))}
    </>
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
