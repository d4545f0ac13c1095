import { useState } from 'react';
import FormHelperText from '@material-ui/core/FormHelperText';
import type {
  WebhookAction,
  WebhookFailureDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionDialog } from '../../components/actions';
import { CheckField } from '../../components/CheckField';
import { absoluteTime } from '../../components/time';

const VERBS: Record<WebhookAction, string> = {
  replay: 'Replay',
  suppress: 'Suppress',
  handle: 'Mark handled',
};

/** Acts on one failure. To replay a delivered one, the user has to confirm it. */
export function OneDialog(props: {
  action: WebhookAction;
  failure: WebhookFailureDetail;
  onClose: () => void;
}) {
  const [confirmed, setConfirmed] = useState(false);
  const [insist, setInsist] = useState(false);
  const { action, failure } = props;
  const again = action === 'replay' && failure.state === 'delivered';
  return (
    <ActionDialog
      action={`webhook.${action}`}
      onClose={props.onClose}
      verb={VERBS[action]}
      object={failure.webhookId}
      danger={again}
      facts={factsOf(action, failure)}
      validate={() => {
        setInsist(true);
        return !again || confirmed;
      }}
      perform={(api, { reason, idempotencyKey }) =>
        api.call(`POST /webhook-failures/:id/${action}`, {
          params: { id: failure.id },
          body: again ? { reason, confirmDelivered: true } : { reason },
          idempotencyKey,
        })
      }
      outcome={result => `${failure.webhookId} is ${result.failure.state}.`}
    >
      {again && (
        <div>
          <CheckField
            label="The receiver shall get it once more"
            checked={confirmed}
            onChange={setConfirmed}
          />
          {insist && !confirmed && (
            <FormHelperText error>
              It was delivered: confirm that it shall be sent once more.
            </FormHelperText>
          )}
        </div>
      )}
    </ActionDialog>
  );
}

function factsOf(
  action: WebhookAction,
  failure: WebhookFailureDetail,
): string[] {
  const what = `${failure.eventType} of ${failure.tenant}, to ${
    failure.url ?? failure.endpoint
  }.`;
  switch (action) {
    case 'replay':
      return [
        what,
        ...(failure.deliveredAt
          ? [`It was delivered at ${absoluteTime(failure.deliveredAt)}.`]
          : []),
        'It is sent under the same id with the same bytes, freshly signed: a receiver that has it already can tell.',
      ];
    case 'suppress':
      return [
        what,
        'It stays on record, leaves the inbox, and stays out of it when it fails anew.',
      ];
    default:
      return [
        what,
        'It stays on record and leaves the inbox. If it fails anew, it comes back.',
      ];
  }
}
