import {
  listParam,
  optionalParam,
  type UrlState,
} from '../../hooks/useUrlState';

/** The filters of the runs of a job, in the URL. */
export const FILTERS = {
  status: listParam,
  tenant: listParam,
  trigger: listParam,
  day: optionalParam,
  group: optionalParam,
};

/** The filters, as the URL holds them. */
export type JobFilters = UrlState<typeof FILTERS>;
