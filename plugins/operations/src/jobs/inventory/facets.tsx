import { parseEntityRef } from '@backstage/catalog-model';
import type { JobsPage } from '@craft-easy/backstage-plugin-operations-common/internal';
import { StatusChip, wordOf } from '../../components';
import { facetMaker, type Facet } from '../../components/filters';

const SCHEDULE_TEXT: Record<string, string> = {
  cron: 'by the clock',
  interval: 'every so often',
  'on-demand': 'on demand',
};

type Name = 'status' | 'owner' | 'schedule' | 'tenant' | 'tag';

/** The facets of the inventory, with the backend's counts. */
export function inventoryFacets(
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
    facet('status', 'Status', value => ({
      label: <StatusChip status={value} />,
      text: wordOf(value),
    })),
    ...(fixedOwner
      ? []
      : [facet('owner', 'Owner', value => ({ text: ownerText(value) }))]),
    facet('schedule', 'Schedule', value => ({
      text: SCHEDULE_TEXT[value] ?? value,
    })),
    facet('tenant', 'Tenant', value => ({ text: value })),
    facet('tag', 'Tag', value => ({ text: value })),
  ];
}

function ownerText(ref: string): string {
  try {
    return parseEntityRef(ref).name;
  } catch {
    return ref || 'nobody';
  }
}
