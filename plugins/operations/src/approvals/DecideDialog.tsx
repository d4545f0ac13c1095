import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { ActionDialog, personText } from '../components';
import { stateText, VERBS, type Verb } from './words';

/** Asks the second person to approve or reject, or the requester to withdraw. */
export function DecideDialog(props: {
  item: Approval;
  verb: Verb;
  onClose: () => void;
}) {
  const { item, verb } = props;
  const who = personText(item.requestedBy);
  const facts = {
    approve: [
      `${item.action} on ${item.target} is done at once, as ${who} asked for it: “${item.reason}”`,
      'Both of you stand in its row of the audit trail.',
      `It is done only if you may do it yourself, and ${who} still belongs to the same groups as when asking.`,
    ],
    reject: [`It is not done, and ${who} sees your reason.`],
    withdraw: ['It is not done. You can ask for it anew.'],
  }[verb];
  return (
    <ActionDialog
      action={`approval.${verb}`}
      onClose={props.onClose}
      title={`${VERBS[verb]} ${item.action} on ${item.target}`}
      button={VERBS[verb]}
      facts={facts}
      danger={verb === 'approve'}
      endpoint={`POST /approvals/:id/${verb}` as const}
      params={{ id: item.id }}
      auditOf={({ approval, auditId }) => ({
        entry: approval.auditId ?? auditId,
      })}
      outcome={({ approval }) =>
        approval.error
          ? `${stateText(approval.state)}: ${approval.error}`
          : `${item.action}: ${stateText(approval.state).toLowerCase()}`
      }
    />
  );
}
