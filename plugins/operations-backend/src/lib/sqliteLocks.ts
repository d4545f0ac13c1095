import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { isPostgres } from './sql';

/** SQLite itself waits no longer than this, since it blocks the process while it does. */
const BUSY_MS = 20;
const PAUSE_MS = 20;
/** After this a statement fails: whoever holds the lock does not give it back. */
const PATIENCE_MS = 5_000;

/** The parts of better-sqlite3 by which knex executes a statement. */
interface Statement
  extends Record<'all' | 'run', (bindings: unknown) => unknown> {
  reader: boolean;
  safeIntegers(on: boolean): unknown;
}

interface Connection {
  pragma(text: string): unknown;
  prepare(sql: string): Statement;
}

/**
 * Has statements wait for the lock of another process on the file of an SQLite database without
 * blocking this process: the driver is synchronous, and would stop everything for its whole
 * time-out. PostgreSQL needs nothing.
 */
export async function waitWithoutBlocking(knex: Knex): Promise<void> {
  const { client } = knex;
  if (isPostgres(knex) || client.config.client !== 'better-sqlite3') return;
  const open = client.acquireRawConnection.bind(client);
  client.acquireRawConnection = async () => patient(await open());
  const connection: Connection = await client.acquireConnection();
  patient(connection);
  await client.releaseConnection(connection);
}

function patient(connection: Connection): Connection {
  connection.pragma(`busy_timeout = ${BUSY_MS}`);
  const prepare = connection.prepare.bind(connection);
  connection.prepare = sql => {
    const statement = prepare(sql);
    const waiting = (['all', 'run'] as const).map(name => [
      name,
      (bindings: unknown) => untilFree(() => statement[name](bindings)),
    ]);
    return {
      reader: statement.reader,
      safeIntegers: on => statement.safeIntegers(on),
      ...Object.fromEntries(waiting),
    };
  };
  return connection;
}

/** At once, where nobody holds the lock; else a promise. */
function untilFree<T>(execute: () => T): T | Promise<T> {
  try {
    return execute();
  } catch (error) {
    if (!isBusy(error)) throw error;
    return retry(execute);
  }
}

async function retry<T>(execute: () => T): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    await sleep(PAUSE_MS);
    try {
      return execute();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
    }
  }
}

function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)$/.test(
    String((error as { code?: string }).code),
  );
}
