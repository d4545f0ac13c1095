import { useState, type ReactNode } from 'react';
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
import { counted } from '../../components/words';
import {
  rangeProblem,
  TimeRangeField,
  toTimeRange,
  type TimeRange,
} from './TimeRangeField';

const NO_PARAMETERS: Record<string, unknown> = {};

/**
 * Starts a run by hand: for which tenant, with which parameters and time range, as a dry run or
 * not, and why.
 */
export function RunNowDialog(props: { job: JobSummary; onClose: () => void }) {
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
      title={`${dryRun ? 'Dry-run' : 'Run'} ${props.job.name}`}
      button={dryRun ? 'Dry-run' : 'Run'}
      facts={facts(props.job, job, { tenant, dryRun })}
      valid={
        job !== undefined &&
        (!needsTenant || tenant !== '') &&
        parameters.valid &&
        rangeProblem(range) === undefined
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
        text: `${props.job.name} is queued.`,
        links: [{ title: 'Open run', to: links.runHref(result.run) }],
      })}
      auditOf={result => ({ job: result.run.jobId })}
    >
      {insist => (
        <Loaded
          of={detail}
          failure="What the job needs could not be loaded"
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
                  label="Tenant"
                  id="operations-run-tenant"
                  value={tenant}
                  error={insist && tenant === ''}
                  helperText={
                    insist &&
                    tenant === '' &&
                    'Choose the tenant it shall run for.'
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
                  label="Dry run: show what it would do, change nothing"
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
  job: JobSummary,
  detail: JobDetail | undefined,
  chosen: { tenant: string; dryRun: boolean },
): ReactNode[] {
  const whom = chosen.tenant ? ` for tenant ${chosen.tenant}` : '';
  const result: ReactNode[] = [
    chosen.dryRun
      ? `A dry run is queued now${whom}: it shall change nothing.`
      : `A run is queued now${whom}, beside its schedule.`,
  ];
  if (job.activeRuns > 0) {
    const are = job.activeRuns === 1 ? 'is' : 'are';
    const runs = counted(job.activeRuns, 'run');
    result.push(`${runs} of it ${are} under way: this one may have to wait.`);
  }
  if (detail?.workers === 0) {
    result.push(
      'No worker is there at the moment: it waits in the queue until one comes.',
    );
  }
  result.push(
    job.cancellable
      ? 'It can be cancelled while it waits and while it runs.'
      : 'It can be taken off the queue, but once it runs it cannot be stopped.',
  );
  return result;
}
