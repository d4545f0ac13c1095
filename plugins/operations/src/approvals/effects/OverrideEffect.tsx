import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { OperationsInput } from '@craft-easy/backstage-plugin-operations-common';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { rateLimitMessages } from '../../rate-limits/messages';
import { PreviewLine } from '../../rate-limits/PreviewLine';
import { effectText, normalQuota, subjectText } from '../../rate-limits/words';
import { fieldsOf } from '../request';
import { FactList } from './FactList';
import type { EffectProps } from './props';

type Asked = Partial<OperationsInput<'POST /rate-limit-overrides'>['body']>;

/** What the override will do, and what it would have meant in the last hour. */
export function OverrideEffect({ of }: EffectProps) {
  const { t } = useTranslationRef(rateLimitMessages);
  const { subject, limit, limiter } = fieldsOf(of.parameters) as Asked;
  const usage = useLive('GET /rate-limit-usage', {}, { everyMs: 0 });
  if (!subject || !limit) return null;
  const normal = normalQuota(subject, usage.data, limiter);
  return (
    <>
      <FactList facts={[effectText(t, subjectText(subject), limit, normal)]} />
      <PreviewLine subject={subject} limit={limit} />
    </>
  );
}
