import { numberText } from '../format';
import { RelativeTime } from '../RelativeTime';
import type { Column } from './DataTable';

/** A column of times, each relative to now. */
export function timeColumn<T>(
  title: string,
  of: (row: T) => string,
  more: Partial<Column<T>> = {},
): Column<T> {
  const render = (row: T) => <RelativeTime at={of(row)} />;
  return { title, width: 150, render, ...more };
}

/** A column of whole numbers. */
export function countColumn<T>(
  title: string,
  of: (row: T) => number,
  more: Partial<Column<T>> = {},
): Column<T> {
  const render = (row: T) => numberText(of(row));
  return { title, align: 'right', render, ...more };
}
