import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

interface CatalogUser {
  kind: string;
  metadata: { name: string };
  spec: { memberOf: string[] };
}

const file = resolve(__dirname, '../../../../catalog/org.yaml');

/**
 * The references under which each person of `catalog/org.yaml` owns things, as sign-in resolves
 * them.
 */
export const OWNERSHIP: ReadonlyMap<string, string[]> = new Map(
  parseAllDocuments(readFileSync(file, 'utf8'))
    .map(document => document.toJS() as CatalogUser)
    .filter(({ kind }) => kind === 'User')
    .map(({ metadata, spec }) => {
      const ref = `user:default/${metadata.name}`;
      return [ref, [ref, ...spec.memberOf.map(g => `group:default/${g}`)]];
    }),
);

/** The same for everybody: a user who is not in the catalog owns what is theirs. */
export function ownershipOf(userEntityRef: string): string[] {
  return OWNERSHIP.get(userEntityRef) ?? [userEntityRef];
}
