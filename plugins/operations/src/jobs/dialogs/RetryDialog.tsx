import { useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '../../api';
import { ActionDialog } from '../../components/actions';
import { useLive } from '../../hooks/useLive';
import { diffParameters } from '../parameters/diff';
import { ParametersDiff } from '../parameters/ParametersDiff';
import {
  ParametersField,
  type Parameters,
} from '../parameters/ParametersField';
import { useActionOutcome } from './useActionOutcome';
import { useRefreshAll } from './useRefreshAfter';

/** Runs again what did not end well, with the same parameters or adjusted ones; what differs is shown before. */
export default function RetryDialog(props: {
  open: boolean;
  run: RunDetail;
  onClose: () => void;
}) {
  const api = useApi(operationsApiRef);
  const outcome = useActionOutcome();
  const refresh = useRefreshAll();
  const { run } = props;
  const key = { engine: run.engine, name: run.jobName };
  const job = useLive(['job', key.engine, key.name], a => a.getJob(key));
  const before = run.parameters ?? {};
  const [parameters, setParameters] = useState<Parameters>({
    value: before,
    valid: true,
  });
  const changed = diffParameters(before, parameters.value).some(
    c => c.kind !== 'same',
  );

  return (
    <ActionDialog
      action="job.retry"
      open={props.open}
      onClose={props.onClose}
      verb="Retry"
      object={run.jobName}
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
      validate={() => parameters.valid}
      perform={async ({ reason, idempotencyKey }) => {
        const result = await api.retryRun(
          run.id,
          changed ? { reason, parameters: parameters.value } : { reason },
          idempotencyKey,
        );
        refresh();
        return result;
      }}
      outcome={result => outcome(result, `${run.jobName} is retried.`)}
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
