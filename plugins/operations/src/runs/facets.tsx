import {
  jobKeyOf,
  RUN_DURATIONS,
  type RunDuration,
  type RunSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { entityName } from '../components/entityName';
import { facetMaker, type Facet } from '../components/filters';
import { StatusChip } from '../components/StatusChip';
import { RUN_STATUSES, statusWord } from '../components/statuses';
import type { CommonT } from '../components/messages';
import type { JobT } from '../jobs/messages';
import { isTrigger } from '../jobs/triggers';
import type { RunT } from './messages';
import { AGES, DEFAULT_AGE, type UrlFilters } from './params';

type Name =
  | 'status'
  | 'job'
  | 'owner'
  | 'tenant'
  | 'trigger'
  | 'operator'
  | 'group'
  | 'duration';

/** The facets of the runs, with the backend's counts. */
export function runFacets(
  { t, jobs, common }: { t: RunT; jobs: JobT; common: CommonT },
  counts: RunSummary['facets'] | undefined,
  url: UrlFilters,
  filter: (patch: Partial<UrlFilters>) => void,
): Facet[] {
  const make = facetMaker<Name>(url, filter);
  const facet = (
    id: Name,
    look: (option: {
      value: string;
      text?: string;
    }) => Pick<Facet['options'][number], 'label' | 'text'>,
  ) =>
    make(
      id,
      t(`facets.${id}`),
      counts?.[id].map(option => ({ ...option, ...look(option) })),
    );
  const statuses = new Map(
    counts?.status.map(({ value, count }) => [value, count]),
  );
  const whenSet = url.from || url.to ? [] : [url.age];
  return [
    {
      id: 'age',
      title: t('facets.age'),
      selected: whenSet,
      options: AGES.map(value => ({ value, text: t(`ages.${value}`) })),
      onChange: ages =>
        filter({
          // one of them at a time: the one that was chosen last
          age: (ages.find(age => !whenSet.some(set => set === age)) ??
            DEFAULT_AGE) as UrlFilters['age'],
          ...{ from: undefined, to: undefined },
        }),
    },
    make(
      'status',
      t('facets.status'),
      RUN_STATUSES.map(value => ({
        value,
        label: <StatusChip status={value} />,
        text: statusWord(common, value),
        count: counts && (statuses.get(value) ?? 0),
      })),
    ),
    facet('job', ({ value }) => ({
      text: jobKeyOf(value).name,
    })),
    facet('owner', ({ value }) => ({ text: entityName(value) })),
    facet('tenant', () => ({})),
    facet('trigger', ({ value }) => ({
      text: isTrigger(value) ? jobs(`trigger.${value}`) : value,
    })),
    facet('operator', ({ value }) => ({ text: entityName(value) })),
    facet('group', ({ text }) => ({ text: text ?? t('facets.noError') })),
    facet('duration', ({ value }) => ({
      text: isDuration(value) ? t(`durations.${value}`) : value,
    })),
  ];
}

function isDuration(value: string): value is RunDuration {
  return Object.hasOwn(RUN_DURATIONS, value);
}
