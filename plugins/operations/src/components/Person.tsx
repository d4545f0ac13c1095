import { EntityRefLink } from '@backstage/plugin-catalog-react';

/** Who: a link to the entity where it is one; a group by the name that the catalog gives it. */
export function Person(props: { of: string }) {
  if (props.of.startsWith('group:')) {
    return <EntityRefLink entityRef={props.of} defaultKind="group" />;
  }
  return props.of.startsWith('user:') ? (
    <EntityRefLink entityRef={props.of} title={personText(props.of)} />
  ) : (
    <span title={props.of}>{personText(props.of)}</span>
  );
}

/** "user:default/anna" → "anna": who, without the ceremony. The whole stays on hover. */
export function personText(ref: string): string {
  return ref.replace(/^user:(default\/)?/, '').replace(/^service:/, '');
}
