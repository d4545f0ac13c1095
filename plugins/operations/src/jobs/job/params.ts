import {
  listParam,
  optionalParam,
  type UrlState,
} from '../../hooks/useUrlState';

/** The parameters of a job's page in the URL; the drawer keeps the open run. */
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

/** The state of a job's page, as {@link JOB_PARAMS} reads it. */
export type JobFilters = UrlState<typeof JOB_PARAMS>;
