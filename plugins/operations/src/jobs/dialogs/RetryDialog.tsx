import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionDialog, compareFields } from '../../components';
import { useLinks } from '../../links';
import { useLive } from '../../hooks/useLive';
import { ParametersDiff } from '../parameters/ParametersDiff';
import { ParametersField } from '../parameters/ParametersField';
import type { Parameters } from '../parameters/ParametersForm';
import { jobMessages } from '../messages';

/** Retries a run with the same or adjusted parameters, and shows the difference first. */
export function RetryDialog(props: { run: RunDetail; onClose: () => void }) {
  const { t } = useTranslationRef(jobMessages);
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
      title={t('dialog.retry.title', { job: run.jobName })}
      button={t('dialog.retry.button')}
      facts={[
        run.tenant
          ? t('dialog.retry.facts.inPlaceFor', {
              run: <code>{run.id}</code>,
              tenant: run.tenant,
            })
          : t('dialog.retry.facts.inPlace', { run: <code>{run.id}</code> }),
        ...(run.dryRun ? [t('dialog.retry.facts.dryRun')] : []),
        changed
          ? t('dialog.retry.facts.otherParameters')
          : t('dialog.retry.facts.sameParameters'),
        t('dialog.retry.facts.undone'),
      ]}
      valid={parameters.valid}
      endpoint="POST /runs/:id/retry"
      params={{ id: run.id }}
      body={() => ({ ...(changed && { parameters: parameters.value }) })}
      outcome={result => ({
        text: t('dialog.retry.outcome', { job: run.jobName }),
        links: [{ title: t('dialog.openRun'), to: links.runHref(result.run) }],
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
