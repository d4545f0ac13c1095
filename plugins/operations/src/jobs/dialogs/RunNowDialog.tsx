import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import Switch from '@material-ui/core/Switch';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { ActionDialog } from '../../components/actions';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { Loaded } from '../../components/Loaded';
import { Skeleton } from '../../components/Skeleton';
import { listText } from '../../components/format';
import { viewerZone } from '../../components/time';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { ParametersField } from '../parameters/ParametersField';
import type { Parameters } from '../parameters/ParametersForm';
import { scheduleZone } from '../schedule';
import { holdFact } from '../holds';
import {
  noRange,
  rangeProblem,
  TimeRangeField,
  toTimeRange,
} from './TimeRangeField';
import { TenantsField } from './TenantsField';
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

  const [tenants, setTenants] = useState<string[]>([]);
  const [dryRun, setDryRun] = useState(false);
  const [range, setRange] = useState(() => noRange(viewerZone()));
  const [parameters, setParameters] = useState<Parameters>({
    value: {},
    valid: true,
  });
  const needsTenant = props.job.tenantScoped;
  const body = (tenant: string | undefined) => ({
    tenant,
    dryRun: dryRun || undefined,
    timeRange: toTimeRange(range),
    parameters: job?.parametersSchema ? parameters.value : undefined,
  });

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
      facts={facts(t, props.job, job, { tenants, dryRun })}
      valid={
        (!needsTenant || tenants.length > 0) &&
        parameters.valid &&
        rangeProblem(t, range) === undefined &&
        (job !== undefined || 'loading')
      }
      endpoint="POST /jobs/:engine/:name/runs"
      params={key}
      body={() => body(undefined)}
      each={() => tenants.map(tenant => ({ name: tenant, body: body(tenant) }))}
      partly={(done, waiting) =>
        [
          done.length > 0 &&
            t('dialog.run.partlyDone', { tenants: listText(done) }),
          waiting.length > 0 &&
            t('dialog.run.partlyWaiting', { tenants: listText(waiting) }),
        ]
          .filter(Boolean)
          .join(' ')
      }
      outcome={(result, all, waiting) => ({
        text:
          waiting > 0
            ? t('dialog.run.outcomePartly', {
                ...{ job: props.job.name, count: all.length, waiting },
              })
            : t('dialog.run.outcome', {
                ...{ job: props.job.name, count: all.length },
              }),
        links: [{ title: t('dialog.openRun'), to: links.runHref(result.run) }],
        made: all.map(({ run }) => run.id),
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
            tenants: known,
            parametersSchema,
            supportsTimeRange,
            supportsDryRun,
            schedule,
          }) => (
            <>
              {needsTenant && (
                <TenantsField
                  known={known}
                  value={tenants}
                  onChange={setTenants}
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
  chosen: { tenants: string[]; dryRun: boolean },
): ReactNode[] {
  const result: ReactNode[] = [queues(t, chosen, job.schedule !== null)];
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
  { tenants, dryRun }: { tenants: string[]; dryRun: boolean },
  scheduled: boolean,
): string {
  const kind = dryRun ? 'dry' : 'now';
  if (tenants.length > 1) {
    return t(`dialog.run.facts.${kind}ForSome`, {
      n: tenants.length,
      tenants: listText(tenants),
    });
  }
  if (tenants.length === 1) {
    const [tenant] = tenants;
    return scheduled || dryRun
      ? t(`dialog.run.facts.${kind}For`, { tenant })
      : t('dialog.run.facts.onceFor', { tenant });
  }
  return scheduled || dryRun
    ? t(`dialog.run.facts.${kind}`)
    : t('dialog.run.facts.once');
}
