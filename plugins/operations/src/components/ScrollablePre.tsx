import type { ReactNode } from 'react';

/** Text as it was written. It may scroll, so the keyboard must reach it. */
export function ScrollablePre(props: {
  /** What it holds, for who cannot see it. */
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <pre
      className={props.className}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="group"
      aria-label={props.label}
    >
      {props.children}
    </pre>
  );
}
