import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import Switch from '@material-ui/core/Switch';
import { SelectField } from '../../components/TextField';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { ActionDialog } from '../../components/actions';
import { useLinks } from '../../links';
import { Loaded } from '../../components/Loaded';
import { Skeleton } from '../../components/Skeleton';
import { viewerZone } from '../../components/time';
import { useLive } from '../../hooks/useLive';
import { ParametersField } from '../parameters/ParametersField';
import type { Parameters } from '../parameters/ParametersForm';
import { scheduleZone } from '../schedule';
import { holdFact } from '../holds';
import {
  rangeProblem,
  TimeRangeField,
  toTimeRange,
  type TimeRange,
} from './TimeRangeField';
import { jobMessages, type JobT } from '../messages';

const NO_PARAMETERS: Record<string, unknown> = {};

/**
 * Starts a run by hand: for which tenant, with which parameters and time range, as a dry run or
 * not, and why.
 */
export function RunNowDialog(props: { job: JobSummary; onClose: () => void }) {
  const { t } = useTranslationRef(jobMessages);
  const links = useLinks();
  const key = { engine: props.job.engine, name: props.job.name };
  const detail = useLive('GET /jobs/:engine/:name', { params: key });
  const job = detail.data;

  const [tenant, setTenant] = useState('');
  const [dryRun, setDryRun] = useState(false);
  const [range, setRange] = useState<TimeRange>({
    from: '',
    to: '',
    zone: viewerZone(),
  });
  const [parameters, setParameters] = useState<Parameters>({
    value: {},
    valid: true,
  });
  const needsTenant = props.job.tenantScoped;

  return (
    <ActionDialog
      action="job.run"
      onClose={props.onClose}
      title={
        dryRun
          ? t('dialog.run.dryTitle', { job: props.job.name })
          : t('dialog.run.title', { job: props.job.name })
      }
      button={dryRun ? t('dialog.run.dryButton') : t('dialog.run.button')}
      facts={facts(t, props.job, job, { tenant, dryRun })}
      valid={
        job !== undefined &&
        (!needsTenant || tenant !== '') &&
        parameters.valid &&
        rangeProblem(t, range) === undefined
      }
      endpoint="POST /jobs/:engine/:name/runs"
      params={key}
      body={() => ({
        tenant: tenant || undefined,
        dryRun: dryRun || undefined,
        timeRange: toTimeRange(range),
        parameters: job?.parametersSchema ? parameters.value : undefined,
      })}
      outcome={result => ({
        text: t('dialog.run.outcome', { job: props.job.name }),
        links: [{ title: t('dialog.openRun'), to: links.runHref(result.run) }],
        made: [result.run.id],
      })}
      auditOf={result => ({ job: result.run.jobId })}
    >
      {insist => (
        <Loaded
          of={detail}
          failure={t('dialog.run.failure')}
          skeleton={<Skeleton width="100%" height={56} />}
        >
          {({
            tenants,
            parametersSchema,
            supportsTimeRange,
            supportsDryRun,
            schedule,
          }) => (
            <>
              {needsTenant && (
                <SelectField
                  required
                  label={t('dialog.run.tenant')}
                  id="operations-run-tenant"
                  value={tenant}
                  error={insist && tenant === ''}
                  helperText={
                    insist && tenant === '' && t('dialog.run.tenantMissing')
                  }
                  onChange={setTenant}
                  choices={tenants.map(name => [name, name])}
                />
              )}
              {parametersSchema && (
                <ParametersField
                  schema={parametersSchema}
                  initial={NO_PARAMETERS}
                  onChange={setParameters}
                />
              )}
              {supportsTimeRange && (
                <TimeRangeField
                  value={range}
                  onChange={setRange}
                  jobZone={scheduleZone(schedule)}
                  insist={insist}
                />
              )}
              {supportsDryRun && (
                <FormControlLabel
                  control={
                    <Switch
                      color="primary"
                      checked={dryRun}
                      onChange={(_, checked) => setDryRun(checked)}
                    />
                  }
                  label={t('dialog.run.dryRun')}
                />
              )}
            </>
          )}
        </Loaded>
      )}
    </ActionDialog>
  );
}

function facts(
  t: JobT,
  job: JobSummary,
  detail: JobDetail | undefined,
  chosen: { tenant: string; dryRun: boolean },
): ReactNode[] {
  const result: ReactNode[] = [queues(t, chosen)];
  if (job.activeRuns > 0) {
    result.push(t('dialog.run.facts.active', { count: job.activeRuns }));
  }
  for (const hold of detail?.holds ?? job.holds ?? []) {
    result.push(holdFact(t, hold));
  }
  if (detail?.workers === 0) result.push(t('dialog.run.facts.noWorker'));
  result.push(
    job.cancellable
      ? t('dialog.run.facts.cancellable')
      : t('dialog.run.facts.notCancellable'),
  );
  return result;
}

function queues(
  t: JobT,
  { tenant, dryRun }: { tenant: string; dryRun: boolean },
): string {
  if (tenant) {
    return dryRun
      ? t('dialog.run.facts.dryFor', { tenant })
      : t('dialog.run.facts.nowFor', { tenant });
  }
  return dryRun ? t('dialog.run.facts.dry') : t('dialog.run.facts.now');
}
