import { tenantProblem } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { WorkerLogger } from './logger';

/** The platform's tenants: a list, or what answers them as of now. */
type TenantsInput = string[] | (() => string[] | Promise<string[]>);

/** Ids that are remembered as allowed or not, so that each is looked at once. */
const MAX_REMEMBERED = 20_000;

/**
 * The platform's tenants, as of each call. A function may answer other tenants each time: of those,
 * an id that is not allowed is left out and logged once, so that the worker goes on for the others.
 * @throws TypeError if a list has an id that is not allowed
 */
export function createTenantList(
  given: TenantsInput,
  logger: Pick<WorkerLogger, 'error'>,
): () => Promise<string[]> {
  if (typeof given !== 'function') {
    const problem = given.map(problemOf).find(Boolean);
    if (problem) throw new TypeError(`startWorker: tenants: ${problem}`);
    return async () => given;
  }
  const allowed = new Map<string, boolean>();
  const isAllowed = (id: string) => {
    let known = allowed.get(id);
    if (known === undefined) {
      const problem = problemOf(id);
      known = problem === undefined;
      if (problem) logger.error(`tenants: ${problem}; it is left out`);
      if (allowed.size >= MAX_REMEMBERED) allowed.clear();
      allowed.set(id, known);
    }
    return known;
  };
  return async () => (await given()).filter(isAllowed);
}

function problemOf(id: string): string | undefined {
  const problem =
    typeof id === 'string' ? tenantProblem(id) : "A tenant's id is a text";
  return problem && `${shown(id)} is not allowed: ${problem}`;
}

/** In ASCII: what is wrong with an id may be what cannot be seen. */
function shown(id: unknown): string {
  return JSON.stringify(id ?? null)
    .slice(0, 300)
    .replace(
      /[^ -~]/g,
      unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
