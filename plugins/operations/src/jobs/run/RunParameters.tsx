import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  effectiveParameters,
  type RunDetail,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { RoundedNote } from '../../components/RoundedNote';
import { Section } from '../../components/Stack';
import { jobMessages } from '../messages';
import { ParametersDiff } from '../parameters/ParametersDiff';

/**
 * The parameters with which a run goes: those that were given, and the job's defaults, which are
 * marked. Of a retry also how they differ from those of the run that it retries.
 */
export function RunParameters(props: {
  run: RunDetail;
  schema: Record<string, unknown> | null | undefined;
}) {
  const { t } = useTranslationRef(jobMessages);
  const { run, schema } = props;
  const after = effectiveParameters(schema, run.parameters);
  const before = run.retryOf
    ? effectiveParameters(schema, run.retriedParameters)
    : undefined;
  if (Object.keys({ ...before, ...after }).length === 0) return null;
  const given = run.parameters ?? {};
  return (
    <Section title={t('parameters.title')}>
      <ParametersDiff
        before={before}
        after={after}
        over={run.endedAt !== undefined}
        defaults={
          new Set(
            Object.keys(after).filter(name => !Object.hasOwn(given, name)),
          )
        }
      />
      <RoundedNote value={after} />
    </Section>
  );
}
