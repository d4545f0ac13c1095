import { EntityRefLink } from '@backstage/plugin-catalog-react';

/**
 * A person or group by the name that the catalog has, with the reference on hover: a link to its
 * entity where there is one.
 */
export function Person(props: { of: string }) {
  const kind = /^(group|user):/.exec(props.of)?.[1];
  return kind ? (
    <EntityRefLink
      entityRef={props.of}
      defaultKind={kind}
      hideIcon={kind === 'user'}
    />
  ) : (
    <span title={props.of}>{personText(props.of)}</span>
  );
}

/** "user:default/anna" → "anna": for texts, in which there is no link. */
export function personText(ref: string): string {
  return ref.replace(/^user:(default\/)?/, '').replace(/^service:/, '');
}
