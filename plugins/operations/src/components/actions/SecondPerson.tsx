import type { ApprovalRule } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { isInUse, useMyPermissions } from '../../access/useMay';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import type { Links } from '@craft-easy/backstage-plugin-operations-react';
import type { Outcome } from '../Outcomes';
import { commonMessages, type CommonT } from '../messages';
import { clockTime, durationText, MINUTE } from '../time';

/**
 * An item of the dialog's facts: says that the configuration asks for a second person, where it
 * does.
 */
export function SecondPersonFact(props: { action: string }) {
  const { t } = useTranslationRef(commonMessages);
  const { action } = props;
  const { mine } = useMyPermissions();
  const { data } = useLive(
    'GET /approvals/rules',
    mine && !isInUse('approvals', mine) ? null : {},
    { everyMs: 0 },
  );
  const rules = (data?.items ?? []).filter(rule => covers(rule, action));
  return (
    <>
      {rules.map((rule, i) => (
        <li key={i}>{sentence(t, rule)}</li>
      ))}
    </>
  );
}

function covers(rule: ApprovalRule, action: string): boolean {
  return rule.action.endsWith('.*')
    ? action.startsWith(rule.action.slice(0, -1))
    : rule.action === action;
}

function sentence(t: CommonT, rule: ApprovalRule): string {
  const duration = durationText(rule.withinMinutes * MINUTE);
  const condition = rule.description;
  if (condition) return t('approval.rule.described', { duration, condition });
  return rule.always
    ? t('approval.rule.always', { duration })
    : t('approval.rule.sometimes', { duration });
}

/** The outcome of an action that waits for a second person, for one thing or each of several. */
export function approvalOutcome(
  t: CommonT,
  approvals: Approval[],
  links: Links,
): Outcome {
  const [first] = approvals;
  const count = approvals.length;
  const until = clockTime(first.expiresAt, Date.now());
  const one = count === 1;
  return {
    text: one
      ? t('approval.requested', { until })
      : t('approval.requestedSome', { n: count, until }),
    links: [
      {
        title: one ? t('approval.link') : t('approval.linkAll'),
        to: links.pageHref('approvals', one ? { approval: first.id } : {}),
      },
    ],
  };
}
