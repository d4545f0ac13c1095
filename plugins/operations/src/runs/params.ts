import {
  RUN_AGES,
  type RunAge,
  type RunFilter,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  choiceParam,
  listParam,
  optionalParam,
  textParam,
  type UrlState,
} from '../hooks/useUrlState';
import type { Presettable } from '../shell/presets';

/** Signals after which the list may have changed. */
export const RUN_TOPICS = ['runs', 'jobs'] as const;
/** Signals after which bulk actions may have changed. */
export const BULK_TOPICS = ['run-bulks', 'runs'] as const;

/** How far back the page looks where nothing else is chosen. */
export const DEFAULT_AGE = '24h';
/** The choice that has no limit. */
const ANY_AGE = 'any';
export const AGES = [...(Object.keys(RUN_AGES) as RunAge[]), ANY_AGE] as const;

/** The filters of the page, in the URL. */
export const FILTERS = {
  search: textParam,
  status: listParam,
  job: listParam,
  owner: listParam,
  tenant: listParam,
  trigger: listParam,
  operator: listParam,
  group: listParam,
  duration: listParam,
  age: choiceParam(AGES, DEFAULT_AGE),
  from: optionalParam,
  to: optionalParam,
} satisfies Presettable<'runs', 'from' | 'to'>;

/** The filters as the URL holds them. */
export type UrlFilters = UrlState<typeof FILTERS>;

const some = (values: string[]) => (values.length ? values : undefined);

/** The time range as the API takes it: a range that was typed goes before an age. */
export function rangeOf(
  url: Pick<UrlFilters, 'age' | 'from' | 'to'>,
): Pick<RunFilter, 'age' | 'from' | 'to'> {
  if (url.from || url.to) return { from: url.from, to: url.to };
  return { age: url.age === ANY_AGE ? undefined : url.age };
}

/** The filters as the API takes them. */
export function toFilter(url: UrlFilters): RunFilter {
  const search = url.search.trim();
  return {
    ...rangeOf(url),
    // a single letter finds everything
    search: search.length > 1 ? search : undefined,
    status: some(url.status),
    job: some(url.job),
    owner: some(url.owner),
    tenant: some(url.tenant),
    trigger: some(url.trigger),
    operator: some(url.operator),
    group: some(url.group),
    duration: some(url.duration),
  } as RunFilter;
}
