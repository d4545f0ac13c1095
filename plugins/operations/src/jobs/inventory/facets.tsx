import type { JobsPage } from '@craft-easy/backstage-plugin-operations-common/internal';
import { StatusChip, statusWord, type CommonT } from '../../components';
import { entityName } from '../../components/entityName';
import { facetMaker, type Facet } from '../../components/filters';
import type { JobT } from '../messages';

type Name = 'status' | 'owner' | 'schedule' | 'tenant' | 'tag';

/** The facets of the inventory, with the backend's counts. */
export function inventoryFacets(
  t: JobT,
  common: CommonT,
  counts: JobsPage['facets'] | undefined,
  selected: Record<Name, string[]>,
  onChange: (patch: Partial<Record<Name, string[]>>) => void,
  fixedOwner?: string,
): Facet[] {
  const make = facetMaker(selected, onChange);
  const facet = (
    id: Name,
    title: string,
    look: (value: string) => Pick<Facet['options'][number], 'label' | 'text'>,
  ) =>
    make(
      id,
      title,
      counts?.[id].map(option => ({ ...option, ...look(option.value) })),
    );

  return [
    facet('status', t('facets.status'), value => ({
      label: <StatusChip status={value} />,
      text: statusWord(common, value),
    })),
    ...(fixedOwner
      ? []
      : [
          facet('owner', t('facets.owner'), value => ({
            text: entityName(value) || t('facets.noOwner'),
          })),
        ]),
    facet('schedule', t('facets.schedules'), value => ({
      text: isKind(value) ? t(`facets.schedule.${value}`) : value,
    })),
    facet('tenant', t('facets.tenant'), value => ({ text: value })),
    facet('tag', t('facets.tag'), value => ({ text: value })),
  ];
}

type ScheduleKind = 'cron' | 'interval' | 'on-demand';

function isKind(value: string): value is ScheduleKind {
  return ['cron', 'interval', 'on-demand'].includes(value);
}
