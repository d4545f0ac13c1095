import { choiceParam, listParam, textParam } from '../../hooks/useUrlState';

/** The parameters of the inventory in the URL. */
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
};

/** Which of {@link INVENTORY_PARAMS} are filters. */
export const FILTERS = [
  'search',
  'status',
  'owner',
  'schedule',
  'tenant',
  'tag',
] as const;
