import { EntityRefLink } from '@backstage/plugin-catalog-react';

/** Who: a link to the entity where it is one. */
export function Person(props: { of: string }) {
  return /^(user|group):/.test(props.of) ? (
    <EntityRefLink entityRef={props.of} title={personText(props.of)} />
  ) : (
    <span title={props.of}>{personText(props.of)}</span>
  );
}

/** "user:default/anna" → "anna": who, without the ceremony. The whole stays on hover. */
export function personText(ref: string): string {
  return ref.replace(/^user:(default\/)?/, '').replace(/^service:/, '');
}
