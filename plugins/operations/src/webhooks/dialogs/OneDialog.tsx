import { useState } from 'react';
import FormHelperText from '@material-ui/core/FormHelperText';
import type {
  WebhookAction,
  WebhookFailureDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { absoluteTime, ActionDialog, CheckField } from '../../components';
import { VERBS } from '../words';

/** Acts on one failure. To replay a delivered one, the user has to confirm it. */
export function OneDialog(props: {
  action: WebhookAction;
  failure: WebhookFailureDetail;
  onClose: () => void;
}) {
  const [confirmed, setConfirmed] = useState(false);
  const { action, failure } = props;
  const again = action === 'replay' && failure.state === 'delivered';
  return (
    <ActionDialog
      action={`webhook.${action}`}
      onClose={props.onClose}
      title={`${VERBS[action]} ${failure.webhookId}`}
      button={VERBS[action]}
      danger={again}
      facts={factsOf(action, failure)}
      valid={!again || confirmed}
      endpoint={`POST /webhook-failures/:id/${action}` as const}
      params={{ id: failure.id }}
      body={() => ({ ...(again && { confirmDelivered: true }) })}
      outcome={result => `${failure.webhookId} is ${result.failure.state}.`}
    >
      {again &&
        (insist => (
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
        ))}
    </ActionDialog>
  );
}

const EFFECTS: Record<WebhookAction, string> = {
  replay:
    'It is sent under the same id with the same bytes, freshly signed: a receiver that has it already can tell.',
  suppress:
    'It stays on record, leaves the inbox, and stays out of it when it fails anew.',
  handle:
    'It stays on record and leaves the inbox. If it fails anew, it comes back.',
};

function factsOf(action: WebhookAction, failure: WebhookFailureDetail) {
  const { deliveredAt, endpoint, url = endpoint } = failure;
  const facts = [`${failure.eventType} of ${failure.tenant}, to ${url}.`];
  if (action === 'replay' && deliveredAt) {
    facts.push(`It was delivered at ${absoluteTime(deliveredAt)}.`);
  }
  return [...facts, EFFECTS[action]];
}
