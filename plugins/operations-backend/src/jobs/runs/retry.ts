import {
  obsoleteParameters,
  withoutParameters,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import type { ParameterRules } from '../parameters';
import { checkDigits, checkRetriedTenant } from './checks';
import type { Request } from './RunCommands';
import { readDetail, type RunRow } from './runRow';

/** What a retry asks for, but for who asks and when. */
export type Retry = Pick<
  Request,
  'trigger' | 'retryOf' | 'tenant' | 'dryRun' | 'timeRange' | 'parameters'
>;

/**
 * What a retry of a run asks for: the same again, by the job's present registration.
 *
 * @param given - parameters in place of the run's own
 * @throws ConflictError, InputError where the job does not take that any more
 */
export function retryOf(
  run: RunRow,
  registration: JobRegistration,
  rules: ParameterRules,
  given?: Record<string, unknown>,
): { retry: Retry; values: Record<string, unknown> } {
  checkRetriedTenant(registration, run);
  const before = readDetail(run);
  const { parametersSchema } = registration;
  // what the job has no more it could not take
  const obsolete = obsoleteParameters(parametersSchema, before.parameters);
  const values = given ?? withoutParameters(before.parameters, obsolete);
  if (!given) checkDigits(values);
  if (parametersSchema || given) rules.check(parametersSchema, values);
  return {
    values,
    retry: {
      trigger: 'retry',
      retryOf: run.id,
      tenant: run.tenant ?? undefined,
      dryRun: run.dry_run || undefined,
      timeRange: before.timeRange,
      parameters: Object.keys(values).length ? values : undefined,
    },
  };
}
