import {
  choiceParam,
  listParam,
  optionalParam,
  textParam,
} from '../../hooks/useUrlState';

/** What the inventory keeps in the URL. */
export const INVENTORY_PARAMS = {
  search: textParam,
  status: listParam,
  owner: listParam,
  schedule: listParam,
  tenant: listParam,
  tag: listParam,
  sort: choiceParam(
    ['attention', 'name', 'owner', 'status', 'lastRun', 'nextRun', 'duration'],
    'attention',
  ),
  order: choiceParam(['asc', 'desc'], 'asc'),
  cursor: optionalParam,
  page: optionalParam,
};

/** The filters, all off. */
export const NO_FILTERS = {
  search: '',
  status: [],
  owner: [],
  schedule: [],
  tenant: [],
  tag: [],
};

/** Whether any filter narrows the list. */
export function isFiltered(
  filters: Record<keyof typeof NO_FILTERS, string | string[]>,
): boolean {
  return (Object.keys(NO_FILTERS) as Array<keyof typeof NO_FILTERS>).some(
    name => filters[name].length > 0,
  );
}
