import useSWR from 'swr';
import { useApiHolder } from '@backstage/core-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { catalogApiRef, EntityRefLink } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/core-components';
import { TENANT_ANNOTATION } from '../entities';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';

/**
 * The name of a tenant: a link to its entity where the catalog has one, by its annotation; else to
 * what Operations has of it.
 */
export function TenantName({ tenant }: { tenant: string }) {
  const { hrefOf } = useLinks();
  const catalog = useApiHolder().get(catalogApiRef);
  const { data: entityRef } = useSWR(
    catalog ? ['operations-tenant-entity', tenant] : null,
    async () => {
      const { items } = await catalog!.getEntities({
        filter: { [`metadata.annotations.${TENANT_ANNOTATION}`]: tenant },
        fields: ['kind', 'metadata.name', 'metadata.namespace'],
        limit: 1,
      });
      return items[0] && stringifyEntityRef(items[0]);
    },
    // entities seldom change, and the name shows without the link
    { revalidateOnFocus: false, shouldRetryOnError: false },
  );
  return entityRef ? (
    <EntityRefLink entityRef={entityRef} title={tenant} />
  ) : (
    <Link to={hrefOf({ kind: 'tenant', tenant })}>{tenant}</Link>
  );
}
