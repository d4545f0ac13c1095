/**
 * Tables, declared once: the names of the columns, their types, and the values that code sees.
 * A property `endsAt` is the column `ends_at`.
 */
import type { Knex } from 'knex';
import { whereAnyOf, type Columns, type ColumnType, type Value } from './sql';
import { iso } from './time';

export interface Column<T> {
  type: ColumnType;
  read(value: any): T;
  write(value: T): Value;
}

function column<T extends Value>(
  type: ColumnType,
  read: (value: any) => T = value => value,
): Column<T> {
  return { type, read, write: value => value };
}

export const text = <T extends string = string>() => column<T>('text');
export const boolean = () => column('boolean', Boolean);
/** PostgreSQL's driver returns `bigint` as text. */
export const bigint = () => column('bigint', Number);
export const integer = () => column('int', Number);
export const float = () => column('float8', Number);

export function json<T>(): Column<T> {
  return {
    type: 'text',
    read: JSON.parse,
    write: value => JSON.stringify(value),
  };
}

/** A time: epoch milliseconds in the database, ISO 8601 in code. */
export function time(): Column<string> {
  return {
    type: 'bigint',
    read: value => iso(Number(value)),
    write: value => Date.parse(value),
  };
}

/** A column that may be null, and is null in code as well. */
export function nullable<T>(inner: Column<T>): Column<T | null> {
  return {
    type: inner.type,
    read: value => (value === null ? null : inner.read(value)),
    write: value => (value === null ? null : inner.write(value)),
  };
}

/** A column that may be null; code sees no property then. */
export function optional<T>(inner: Column<T>): Column<T | undefined> {
  return {
    type: inner.type,
    read: value => (value === null ? undefined : inner.read(value)),
    write: value => (value === undefined ? null : inner.write(value)),
  };
}

type Fields = Record<string, Column<unknown>>;
type Values<F extends Fields> = {
  [K in keyof F]: F[K] extends Column<infer T> ? T : never;
};
type OptionalKeys<V> = {
  [K in keyof V]: undefined extends V[K] ? K : never;
}[keyof V];
type Row<F extends Fields> = Omit<Values<F>, OptionalKeys<Values<F>>> &
  Partial<Pick<Values<F>, OptionalKeys<Values<F>>>>;

/** A row of a table, as code sees it. */
export type RowOf<T> = T extends Table<infer F> ? Row<F> : never;

export class Table<F extends Fields> {
  /** by name, as bulk statements need them */
  readonly columns: Columns;
  private readonly fields: Array<{
    property: string;
    name: string;
    column: Column<unknown>;
  }>;

  constructor(readonly name: string, readonly declared: F) {
    this.fields = Object.entries(declared).map(([property, of]) => ({
      property,
      name: property.replace(/[A-Z]/g, c => `_${c.toLowerCase()}`),
      column: of,
    }));
    this.columns = Object.fromEntries(
      this.fields.map(field => [field.name, field.column.type]),
    );
  }

  /** All columns but some, to select them. */
  columnsExcept(...without: string[]): string[] {
    return Object.keys(this.columns)
      .filter(name => !without.includes(name))
      .map(name => `${this.name}.${name}`);
  }

  /** A row as either database returns it; columns that were not selected are left out. */
  readonly read = (raw: Record<string, unknown>): Row<F> => {
    const row: Record<string, unknown> = {};
    for (const { property, name, column: of } of this.fields) {
      const value = raw[name];
      if (value !== undefined) row[property] = of.read(value);
    }
    return row as Row<F>;
  };

  /** Of a row with more columns, those that are declared here. */
  pick(row: Row<F>): Row<F> {
    const values: Record<string, unknown> = row;
    return Object.fromEntries(
      this.fields.map(({ property }) => [property, values[property]]),
    ) as Row<F>;
  }

  /** Rows by their column `id`. */
  async byIds(knex: Knex, ids: string[]): Promise<Array<Row<F>>> {
    if (!ids.length) return [];
    return this.all(whereAnyOf(knex(this.name), 'id', ids));
  }

  /** The rows that a query finds. */
  async all(query: Knex.QueryBuilder): Promise<Array<Row<F>>> {
    return (await query).map(this.read);
  }

  /** The first row that a query finds. */
  async first(query: Knex.QueryBuilder): Promise<Row<F> | undefined> {
    const raw = await query.first();
    return raw && this.read(raw);
  }

  /** The columns of the given properties. */
  readonly write = (row: Partial<Row<F>>): Record<string, Value> => {
    const values: Record<string, unknown> = row;
    const raw: Record<string, Value> = {};
    for (const { property, name, column: of } of this.fields) {
      if (property in values) raw[name] = of.write(values[property]);
    }
    return raw;
  };
}
