/**
 * Which of several declarations of a job is in force, while workers of more than one version are
 * alive: platform and portal decide by the same rule.
 */
import type { JobDeclaration, JobRegistration } from './registration';

/** How a declaration is named: by its job, and by a digest of what it says. */
export function declarationId(job: string, digest: string): string {
  return `${job}@${digest}`;
}

/** Job and digest of a declaration's name. */
export function parseDeclarationId(id: string): {
  job: string;
  digest: string;
} {
  const at = id.lastIndexOf('@');
  return { job: id.slice(0, at), digest: id.slice(at + 1) };
}

/**
 * Orders declarations of a job, the newest first: by version where they have one (a declaration
 * without is older than any with), else by when they were first announced.
 */
export function compareDeclarations(
  a: Pick<JobDeclaration, 'version' | 'announcedAt'>,
  b: Pick<JobDeclaration, 'version' | 'announcedAt'>,
): number {
  return (
    compareVersions(b.version, a.version) ||
    b.announcedAt.localeCompare(a.announcedAt)
  );
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

/** Negative where the first is older. */
export function compareVersions(
  a: string | undefined,
  b: string | undefined,
): number {
  if (a === undefined || b === undefined) {
    return Number(a !== undefined) - Number(b !== undefined);
  }
  return COLLATOR.compare(a, b);
}

/** Of a registration, what tells nothing of the job itself. */
const NOT_DECLARED = new Set(['v', 'sdk', 'registeredAt']);

/** What a registration declares, in an order of its own: the same text for the same declaration. */
export function canonicalDeclaration(
  registration: Omit<JobRegistration, 'tenants' | 'registeredAt'> &
    Partial<Pick<JobRegistration, 'tenants'>>,
): string {
  return JSON.stringify(registration, (key, value) => {
    if (key === '') {
      return Object.fromEntries(
        sortedEntries(value).filter(([name]) => !NOT_DECLARED.has(name)),
      );
    }
    const isObject =
      value !== null && typeof value === 'object' && !Array.isArray(value);
    return isObject ? Object.fromEntries(sortedEntries(value)) : value;
  });
}

function sortedEntries(value: object): Array<[string, unknown]> {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Names of the fields in which two declarations of a job differ. */
export function differingFields(
  a: JobRegistration,
  b: JobRegistration,
): string[] {
  const [one, other] = [a, b].map(
    r => JSON.parse(canonicalDeclaration(r)) as Record<string, unknown>,
  );
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter(
      field => JSON.stringify(one[field]) !== JSON.stringify(other[field]),
    )
    .sort();
}
