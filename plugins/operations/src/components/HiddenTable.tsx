import type { ReactNode } from 'react';
import { visuallyHidden } from './styles';

/** The figures of a chart, for users who cannot see it; each row begins with its heading. */
export function HiddenTable(props: {
  caption: string;
  columns: string[];
  rows: Array<[string, ...ReactNode[]]>;
}) {
  return (
    // not every browser clips a table; all browsers clip a block around it
    <div style={visuallyHidden}>
      <table>
        <caption>{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map(column => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(([heading, ...cells], row) => (
            <tr key={row}>
              <th scope="row">{heading}</th>
              {cells.map((cell, index) => (
                <td key={index}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
