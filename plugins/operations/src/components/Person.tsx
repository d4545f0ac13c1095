import { EntityRefLink } from '@backstage/plugin-catalog-react';

/** A person or group: a link to its entity where there is one. */
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

/** "user:default/anna" → "anna". The whole reference shows on hover. */
export function personText(ref: string): string {
  return ref.replace(/^user:(default\/)?/, '').replace(/^service:/, '');
}
