import {
  listParam,
  optionalParam,
  type UrlState,
} from '../../hooks/useUrlState';

/** What a job's page keeps in the URL; the open run is kept by the drawer. */
export const JOB_PARAMS = {
  status: listParam,
  tenant: listParam,
  trigger: listParam,
  day: optionalParam,
  group: optionalParam,
};

/** All of {@link JOB_PARAMS} are filters of the runs. */
export const FILTERS = Object.keys(JOB_PARAMS) as Array<
  keyof typeof JOB_PARAMS
>;

/** State of a job's page, as {@link JOB_PARAMS} reads it. */
export type JobFilters = UrlState<typeof JOB_PARAMS>;
