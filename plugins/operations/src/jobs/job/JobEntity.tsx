import useSWR from 'swr';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useApiHolder } from '@backstage/core-plugin-api';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { catalogApiRef, EntityRefLink } from '@backstage/plugin-catalog-react';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { JOB_ANNOTATION } from '@craft-easy/backstage-plugin-operations-common';
import { jobMessages } from '../messages';

/**
 * The entity of a job: a link where the catalog has one, by its annotation. An entity that only has
 * the job's name is somebody else's, and no link leads there.
 */
export function JobEntity({ job }: { job: JobDetail }) {
  const { t } = useTranslationRef(jobMessages);
  const catalog = useApiHolder().get(catalogApiRef);
  const { data } = useSWR(
    catalog ? ['operations-job-entity', job.id] : null,
    async () => {
      const { items } = await catalog!.getEntities({
        filter: { [`metadata.annotations.${JOB_ANNOTATION}`]: job.id },
        fields: ['kind', 'metadata.name', 'metadata.namespace'],
      });
      const refs = items.map(item => stringifyEntityRef(item));
      const entityRef = refs.find(ref => ref === job.entityRef) ?? refs[0];
      const namesake =
        !entityRef && (await catalog!.getEntityByRef(job.entityRef));
      return { entityRef, isTaken: Boolean(namesake) };
    },
    // entities seldom change, and the name shows without the link
    { revalidateOnFocus: false, shouldRetryOnError: false },
  );
  const { name } = parseEntityRef(data?.entityRef ?? job.entityRef);
  if (data?.entityRef) {
    return <EntityRefLink entityRef={data.entityRef} title={name} />;
  }
  return <>{data?.isTaken ? t('header.catalogTaken', { name }) : name}</>;
}
