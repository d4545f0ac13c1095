import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  WebhookAction,
  WebhookFailureDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  absoluteTime,
  ActionDialog,
  CheckField,
  commonMessages,
  statusWord,
} from '../../components';
import { webhookMessages, type WebhookT } from '../messages';

/** Acts on one failure. To replay a delivered one, the user has to confirm it. */
export function OneDialog(props: {
  action: WebhookAction;
  failure: WebhookFailureDetail;
  onClose: () => void;
}) {
  const { t } = useTranslationRef(webhookMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const [confirmed, setConfirmed] = useState(false);
  const { action, failure } = props;
  const again = action === 'replay' && failure.state === 'delivered';
  return (
    <ActionDialog
      action={`webhook.${action}`}
      onClose={props.onClose}
      title={t(`oneDialog.titles.${action}`, { id: failure.webhookId })}
      button={t(`actions.${action}`)}
      danger={again}
      facts={factsOf(t, action, failure)}
      valid={!again || confirmed}
      endpoint={`POST /webhook-failures/:id/${action}` as const}
      params={{ id: failure.id }}
      body={() => ({ ...(again && { confirmDelivered: true }) })}
      outcome={result =>
        t('oneDialog.outcome', {
          id: failure.webhookId,
          state: statusWord(common, result.failure.state),
        })
      }
    >
      {again &&
        (insist => (
          <CheckField
            label={t('oneDialog.again')}
            checked={confirmed}
            onChange={setConfirmed}
            problem={
              insist && !confirmed ? t('oneDialog.againProblem') : undefined
            }
          />
        ))}
    </ActionDialog>
  );
}

function factsOf(
  t: WebhookT,
  action: WebhookAction,
  failure: WebhookFailureDetail,
): string[] {
  const { eventType: event, tenant, deliveredAt, endpoint } = failure;
  const { url = endpoint } = failure;
  const facts: string[] = [t('oneDialog.what', { event, tenant, url })];
  if (action === 'replay' && deliveredAt) {
    facts.push(t('oneDialog.delivered', { time: absoluteTime(deliveredAt) }));
  }
  return [...facts, t(`oneDialog.effects.${action}`)];
}
