import type { JobDefinition } from '../declare/types';
import { InvalidParametersError } from '../declare/parameters';
import type { Refusal } from './refusals';
import type { ReadRequest } from './request';

/** What a request comes to, checked against the declaration. */
export type CheckedRequest =
  | { parameters: Record<string, unknown> }
  | { refusal: Refusal };

function refuse(rule: Refusal['rule'], message: string): CheckedRequest {
  return { refusal: { rule, message: message.slice(0, 1000) } };
}

/** Checks what a run asks for against what its job declares. What a job does not support is refused, never silently left out. */
export async function checkRequest(
  definition: JobDefinition,
  { request, problem }: ReadRequest,
  tenants: () => Promise<string[]>,
): Promise<CheckedRequest> {
  const { name, registration } = definition;
  if (problem) {
    return refuse('request', `The run request cannot be read: ${problem}`);
  }
  if (definition.tenantScoped) {
    if (request.tenant === undefined) {
      return refuse(
        'tenant',
        `${name} runs for one tenant at a time; the request names none`,
      );
    }
    if (!(await tenants()).includes(request.tenant)) {
      return refuse('tenant', `There is no tenant ${request.tenant}`);
    }
  }
  if (request.dryRun && !registration.supportsDryRun) {
    return refuse('dry-run', `${name} does not support dry runs`);
  }
  if (request.timeRange && !registration.supportsTimeRange) {
    return refuse('time-range', `${name} does not take a time range`);
  }
  try {
    return { parameters: definition.parseParameters(request.parameters) };
  } catch (error) {
    if (error instanceof InvalidParametersError) {
      return refuse('parameters', error.message);
    }
    throw error;
  }
}
