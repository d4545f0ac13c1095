import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { ActionDialog, personText } from '../components';
import { approvalMessages, type Verb } from './messages';
import { useRequestText } from './request';
import { RequestFacts } from './RequestFacts';

/**
 * Asks the second person to approve or reject, or the requester to withdraw. It shows what the
 * dialog said in which it was asked for.
 */
export function DecideDialog(props: {
  item: Approval;
  verb: Verb;
  onClose: () => void;
}) {
  const { t } = useTranslationRef(approvalMessages);
  const { item, verb } = props;
  const { reason } = item;
  const person = personText(item.requestedBy);
  const action = useRequestText()(item);
  const facts = {
    approve: [
      <RequestFacts key="request" of={item} />,
      t('dialog.facts.done', { person, reason }),
      t('dialog.facts.both'),
      t('dialog.facts.condition', { person }),
    ],
    reject: [
      <RequestFacts key="request" of={item} />,
      t('dialog.facts.rejected', { person }),
    ],
    withdraw: [t('dialog.facts.notDone')],
  }[verb];
  return (
    <ActionDialog
      action={`approval.${verb}`}
      onClose={props.onClose}
      title={t(`dialog.title.${verb}`, { action })}
      button={t(`verb.${verb}`)}
      facts={facts}
      danger={verb === 'approve'}
      endpoint={`POST /approvals/:id/${verb}` as const}
      params={{ id: item.id }}
      auditOf={({ approval, auditId }) => ({
        entry: approval.auditId ?? auditId,
      })}
      outcome={({ approval }) => {
        const state = t(`state.${approval.state}`);
        return approval.error
          ? t('dialog.problem', { state, error: approval.error })
          : t('dialog.outcome', { state, action });
      }}
    />
  );
}
