import type { ReactElement } from 'react';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import {
  entityRouteParams,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import type { AttentionPlace } from '@craft-easy/backstage-plugin-operations-common';
import { ButtonLink } from '../components';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';

interface Props {
  place: AttentionPlace;
  children: string;
}

/** A link to where an item leads: in Operations, in the catalog, or elsewhere. */
export function PlaceLink({ place, children }: Props) {
  return (
    <Addressed place={place}>{to => <Link to={to}>{children}</Link>}</Addressed>
  );
}

/** The same, as a button. @param props - `label`: for screen readers, with the item's name */
export function PlaceButton({
  place,
  children,
  label,
}: Props & { label: string }) {
  return (
    <Addressed place={place}>
      {to => (
        <ButtonLink to={to} aria-label={label}>
          {children}
        </ButtonLink>
      )}
    </Addressed>
  );
}

interface AddressedProps<P extends AttentionPlace = AttentionPlace> {
  place: P;
  children: (address: string) => ReactElement;
}

/** What shows the address of a place. A portal without a catalog has none of an entity. */
function Addressed({ place, children }: AddressedProps) {
  const links = useLinks();
  switch (place.kind) {
    case 'entity':
      return <OfEntity place={place}>{children}</OfEntity>;
    case 'url':
      return children(place.url);
    default:
      return children(links.hrefOf(place));
  }
}

function OfEntity({
  place,
  children,
}: AddressedProps<Extract<AttentionPlace, { kind: 'entity' }>>) {
  const entityRoute = useRouteRef(entityRouteRef);
  const params = entityRouteParams(place.entityRef, { encodeParams: true });
  return children(entityRoute(params));
}
