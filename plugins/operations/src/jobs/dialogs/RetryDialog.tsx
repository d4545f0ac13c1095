import { useState } from 'react';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionDialog, compareFields } from '../../components';
import { useLinks } from '../../links';
import { useLive } from '../../hooks/useLive';
import { ParametersDiff } from '../parameters/ParametersDiff';
import { ParametersField } from '../parameters/ParametersField';
import type { Parameters } from '../parameters/ParametersForm';

/** Retries a run with the same or adjusted parameters, and shows the difference first. */
export function RetryDialog(props: { run: RunDetail; onClose: () => void }) {
  const links = useLinks();
  const { run } = props;
  const key = { engine: run.engine, name: run.jobName };
  const job = useLive('GET /jobs/:engine/:name', { params: key });
  const before = run.parameters ?? {};
  const [parameters, setParameters] = useState<Parameters>({
    value: before,
    valid: true,
  });
  const changed = compareFields(before, parameters.value).some(
    field => !field.same,
  );

  return (
    <ActionDialog
      action="job.retry"
      onClose={props.onClose}
      title={`Retry ${run.jobName}`}
      button="Retry"
      facts={[
        <>
          A new run is queued that does what run <code>{run.id}</code> should
          have done
          {run.tenant ? ` for tenant ${run.tenant}` : ''}
          {run.dryRun ? ', as a dry run' : ''}.
        </>,
        changed
          ? 'It gets other parameters than the first, as shown below.'
          : 'It gets the same parameters.',
        'What the first run already did is not undone.',
      ]}
      valid={parameters.valid}
      endpoint="POST /runs/:id/retry"
      params={{ id: run.id }}
      body={() => ({ ...(changed && { parameters: parameters.value }) })}
      outcome={result => ({
        text: `${run.jobName} is retried.`,
        links: [{ title: 'Open run', to: links.runHref(result.run) }],
      })}
      auditOf={result => ({ job: result.run.jobId })}
    >
      {job.data?.parametersSchema && (
        <>
          <ParametersField
            schema={job.data.parametersSchema}
            initial={before}
            onChange={setParameters}
          />
          {changed && (
            <ParametersDiff before={before} after={parameters.value} />
          )}
        </>
      )}
    </ActionDialog>
  );
}
