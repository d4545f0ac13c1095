import type { BulkReplay } from '@craft-easy/backstage-plugin-operations-common';
import { ActionDialog } from '../../components/actions';
import { deliveries } from '../words';

/** Stops a bulk replay: nothing more of it is sent. */
export function StopDialog(props: { replay: BulkReplay; onClose: () => void }) {
  const { replay } = props;
  return (
    <ActionDialog
      action="webhook.replay.stop"
      onClose={props.onClose}
      verb="Stop replay"
      object={`of ${deliveries(replay.total)}`}
      danger
      facts={[
        `${deliveries(
          replay.left,
        )} that wait for their turn will not be sent; they stay in the inbox as they are.`,
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
