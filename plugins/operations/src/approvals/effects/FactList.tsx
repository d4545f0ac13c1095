import type { ReactNode } from 'react';

/** What will happen, a sentence each. */
export function FactList(props: { facts: ReactNode[] }) {
  return (
    <ul>
      {props.facts.map((fact, index) => (
        <li key={index}>{fact}</li>
      ))}
    </ul>
  );
}
