import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common';
import { Section } from '../../components/Stack';
import { ParametersDiff } from '../parameters/ParametersDiff';

/** What it was given; of a retry, how that differs from the run it retries. */
export function RunParameters({ run }: { run: RunDetail }) {
  const { parameters, retriedParameters } = run;
  const count = Object.keys({ ...parameters, ...retriedParameters }).length;
  if (count === 0) return null;
  return (
    <Section title="Parameters">
      <ParametersDiff before={retriedParameters} after={parameters ?? {}} />
    </Section>
  );
}
