import { Link } from '@backstage/core-components';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { AttentionPlace } from '@craft-easy/backstage-plugin-operations-common';
import { ButtonLink } from '../components';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';

interface Props {
  place: AttentionPlace;
  children: string;
}

/** A link to where an item leads: in Operations, in the catalog, or elsewhere. */
export function PlaceLink({ place, children }: Props) {
  const links = useLinks();
  if (place.kind === 'entity') {
    return <EntityRefLink entityRef={place.entityRef} title={children} />;
  }
  const to = place.kind === 'url' ? place.url : links.hrefOf(place);
  return <Link to={to}>{children}</Link>;
}

/** The same, as a button. @param props - `label`: for screen readers, with the item's name */
export function PlaceButton({
  place,
  children,
  label,
}: Props & { label: string }) {
  const links = useLinks();
  if (place.kind === 'entity') {
    return <EntityRefLink entityRef={place.entityRef} title={children} />;
  }
  const to = place.kind === 'url' ? place.url : links.hrefOf(place);
  return (
    <ButtonLink to={to} aria-label={label}>
      {children}
    </ButtonLink>
  );
}
