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
  throw new ConflictError(
    run.tenant
      ? `The job does not run for ${run.tenant} any more`
      : 'The run was for no tenant, but the job runs per tenant: run it now for the tenant you mean',
  );
}

/** The tenant must be one of the job's, or none where the job knows none. */
export function checkTenant(
  job: JobRegistration,
  tenant: string | undefined,
): void {
  if (!job.tenantScoped) {
    if (tenant === undefined) return;
    throw new InputError('body.tenant: the job does not run per tenant');
  }
  if (tenant === undefined) {
    throw new InputError('body.tenant: say for which tenant it shall run');
  }
  if (!job.tenants.includes(tenant)) {
    throw new InputError(`body.tenant: the job does not run for ${tenant}`);
  }
}

/** A dry run or a time range only where the job declares it. */
export function checkOptions(
  job: JobRegistration,
  body: Pick<RunNowRequest, 'dryRun' | 'timeRange'>,
): void {
  if (body.dryRun && !job.supportsDryRun) {
    throw new InputError('body.dryRun: the job has no dry run');
  }
  if (body.timeRange && !job.supportsTimeRange) {
    throw new InputError('body.timeRange: the job takes no time range');
  }
}

/**
 * The same parameters again would be others where a platform in another language gave a number
 * whose digits JavaScript does not keep.
 */
export function checkDigits(parameters: Record<string, unknown>): void {
  const [path] = roundedNumbers(parameters);
  if (!path) return;
  throw new ConflictError(
    `The last digits of the number in its parameter ${path.slice(
      1,
    )} are not known here: give the parameters anew, or retry it where it came from`,
  );
}
