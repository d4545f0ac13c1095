import type { ApprovalRule } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { useLive } from '../../hooks/useLive';
import type { Links } from '../../links';
import type { Outcome } from '../Outcomes';
import { clockTime } from '../time';

/**
 * An item of the dialog's facts: says that the configuration asks for a second person, where it
 * does.
 */
export function SecondPersonFact(props: { action: string }) {
  const { action } = props;
  const { data } = useLive('GET /approvals/rules', {}, { everyMs: 0 });
  const rules = (data?.items ?? []).filter(rule => covers(rule, action));
  return (
    <>
      {rules.map((rule, i) => (
        <li key={i}>{sentence(rule)}</li>
      ))}
    </>
  );
}

function covers(rule: ApprovalRule, action: string): boolean {
  return rule.action.endsWith('.*')
    ? action.startsWith(rule.action.slice(0, -1))
    : rule.action === action;
}

function sentence(rule: ApprovalRule): string {
  const within = `within ${rule.withinMinutes} min, or it is not done`;
  if (rule.description) {
    return `A second person has to approve it if ${rule.description}: ${within}.`;
  }
  return rule.always
    ? `A second person has to approve it ${within}.`
    : `A second person may have to approve it: ${within}.`;
}

/** The outcome of an action that waits for a second person. */
export function approvalOutcome(approval: Approval, links: Links): Outcome {
  const until = clockTime(approval.expiresAt, Date.now());
  return {
    text: `Not done yet: a second person has to approve it until ${until}`,
    links: [
      {
        title: 'Approval',
        to: links.pageHref('audit', { approval: approval.id }),
      },
    ],
  };
}
