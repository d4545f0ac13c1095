import { useApi } from '@backstage/core-plugin-api';
import type { BulkReplay } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '../../api';
import { ActionDialog } from '../../components/actions';
import { useRefreshAll } from '../../jobs/dialogs/useRefreshAfter';
import { deliveries } from '../words';

/** Stops a bulk replay: nothing more of it is sent. */
export function StopDialog(props: { replay: BulkReplay; onClose: () => void }) {
  const api = useApi(operationsApiRef);
  const refresh = useRefreshAll();
  const { replay } = props;
  return (
    <ActionDialog
      open
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
      perform={async ({ reason, idempotencyKey }) => {
        const result = await api.webhooks.stopReplay(
          replay.id,
          { reason },
          idempotencyKey,
        );
        refresh();
        return result;
      }}
      outcome={result => ({
        text: `Stopped: ${deliveries(result.replay.stopped)} not sent.`,
        links: [
          {
            title: 'Audit row',
            to: `/operations/audit?entry=${result.auditId}`,
          },
        ],
      })}
    />
  );
}
