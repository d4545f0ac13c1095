import { listParam, optionalParam } from '../../hooks/useUrlState';

/** What a job's page keeps in the URL; the open run is kept by the drawer. */
export const JOB_PARAMS = {
  status: listParam,
  tenant: listParam,
  trigger: listParam,
  day: optionalParam,
  group: optionalParam,
  cursor: optionalParam,
  page: optionalParam,
};

/** State of a job's page, as {@link JOB_PARAMS} reads it. */
export interface JobFilters {
  status: string[];
  tenant: string[];
  trigger: string[];
  day: string | undefined;
  group: string | undefined;
  cursor: string | undefined;
  page: string | undefined;
}
