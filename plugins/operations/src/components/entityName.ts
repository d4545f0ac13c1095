import { parseEntityRef } from '@backstage/catalog-model';

/** The name of an entity, by its reference; anything else as it is. */
export function entityName(ref: string): string {
  try {
    return parseEntityRef(ref).name;
  } catch {
    return ref;
  }
}
