/** Rules of the actions on runs, as the errors that callers get. */
import { ConflictError, InputError } from '@backstage/errors';
import {
  roundedNumbers,
  type Capability,
  type RunNowRequest,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import { assertAllowed } from '../../permissions/capabilities';
import type { RunRow } from './runRow';
import { refusal, sentence } from '../../lib/sentences';

/**
 * Throws where a capability says no. A platform that seems to be away is no reason not to try: it
 * may be back, and if it is not, the audit trail says that the action was tried and failed.
 * @throws NotAllowedError, ConflictError
 */
export function check(capability: Capability): void {
  if (capability.rule !== 'engine') assertAllowed(capability);
}

/** A run is retried for the tenant it was for, if the job still runs for it. */
export function checkRetriedTenant(job: JobRegistration, run: RunRow): void {
  if (!job.tenantScoped && run.tenant === null) return;
  if (job.tenantScoped && run.tenant && job.tenants.includes(run.tenant)) {
    return;
  }
  throw refusal(
    ConflictError,
    run.tenant
      ? sentence('job-not-for-tenant-now', { tenant: run.tenant })
      : sentence('run-no-tenant'),
  );
}

/** The tenant must be one of the job's, or none where the job knows none. */
export function checkTenant(
  job: JobRegistration,
  tenant: string | undefined,
): void {
  if (!job.tenantScoped) {
    if (tenant === undefined) return;
    throw refusal(
      InputError,
      sentence('job-no-tenants', { field: 'body.tenant' }),
    );
  }
  if (tenant === undefined) {
    throw refusal(
      InputError,
      sentence('job-which-tenant', { field: 'body.tenant' }),
    );
  }
  if (!job.tenants.includes(tenant)) {
    throw refusal(
      InputError,
      sentence('job-not-for-tenant', { field: 'body.tenant', tenant }),
    );
  }
}

/** A dry run or a time range only where the job declares it. */
export function checkOptions(
  job: JobRegistration,
  body: Pick<RunNowRequest, 'dryRun' | 'timeRange'>,
): void {
  if (body.dryRun && !job.supportsDryRun) {
    throw refusal(
      InputError,
      sentence('job-no-dry-run', { field: 'body.dryRun' }),
    );
  }
  if (body.timeRange && !job.supportsTimeRange) {
    throw refusal(
      InputError,
      sentence('job-no-time-range', { field: 'body.timeRange' }),
    );
  }
}

/**
 * The same parameters again would be others where a platform in another language gave a number
 * whose digits JavaScript does not keep.
 */
export function checkDigits(parameters: Record<string, unknown>): void {
  const [path] = roundedNumbers(parameters);
  if (!path) return;
  throw refusal(
    ConflictError,
    sentence('run-digits-lost', { parameter: path.slice(1) }),
  );
}
