/**
 * The one place where what databases, parsers and engines throw becomes what a caller learns. They
 * quote statements, values, paths and hosts: that goes to the log, under the id of the request.
 *
 *   503  the database, or Redis, cannot do it now: full, away, busy, read-only
 *   400  what was sent cannot be stored, or is nested too deeply
 *   500  a fault of the portal, without its text
 */
import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError, ServiceUnavailableError } from '@backstage/errors';
import { isRedisAway } from '@craft-easy/backstage-plugin-operations-node';
import type { ErrorRequestHandler } from 'express';
import { MalformedRequestError } from './parse';
import { refusal, sentence } from './sentences';

/** As Backstage answers them. */
const STATUSES: Record<string, number> = {
  NotModifiedError: 304,
  InputError: 400,
  MalformedRequestError: 400,
  AuthenticationError: 401,
  NotAllowedError: 403,
  NotFoundError: 404,
  ConflictError: 409,
  NotImplementedError: 501,
  ServiceUnavailableError: 503,
};

/** What a caller learns of a fault of the portal itself. */
class InternalError extends Error {
  override readonly name = 'InternalError';
  readonly statusCode = 500;
}

/** Without the stack, which a backend for developers sends along: it names files. */
function bare<E extends Error>(error: E): E {
  return Object.assign(error, { stack: `${error.name}: ${error.message}` });
}

type Fault =
  | 'full'
  | 'away'
  | 'busy'
  | 'crowded'
  | 'read-only'
  | 'broken'
  | 'unstorable';

/** By the beginning of SQLite's result codes (sqlite.org/rescode.html). */
const SQLITE: Array<[prefix: string, fault: Fault]> = [
  ['SQLITE_FULL', 'full'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_PROTOCOL', 'busy'],
  ['SQLITE_CANTOPEN', 'away'],
  ['SQLITE_READONLY', 'read-only'],
  ['SQLITE_IOERR', 'broken'],
  ['SQLITE_CORRUPT', 'broken'],
  ['SQLITE_NOTADB', 'broken'],
  ['SQLITE_NOMEM', 'full'],
  ['SQLITE_TOOBIG', 'unstorable'],
  ['SQLITE_MISMATCH', 'unstorable'],
];

/** By the beginning of SQLSTATE (PostgreSQL's appendix A): the longer ones first. */
const POSTGRES: Array<[prefix: string, fault: Fault]> = [
  ['53300', 'crowded'],
  ['53', 'full'],
  ['25006', 'read-only'],
  ['25P03', 'away'],
  ['57014', 'busy'],
  ['40', 'busy'],
  ['55', 'busy'],
  ['54', 'unstorable'],
  ['22', 'unstorable'],
  ['08', 'away'],
  ['28', 'away'],
  ['3D', 'away'],
  ['57P', 'away'],
  ['58', 'broken'],
  ['XX', 'broken'],
];

/** Error codes of Node.js for the disk and the network. */
const SYSTEM: Record<string, Fault> = {
  ...{ ENOSPC: 'full', EDQUOT: 'full', EROFS: 'read-only', EIO: 'broken' },
  ...{ EMFILE: 'crowded', ENFILE: 'crowded' },
  ...{ ECONNREFUSED: 'away', ECONNRESET: 'away', EPIPE: 'away' },
  ...{ ETIMEDOUT: 'away', EHOSTUNREACH: 'away', ENETUNREACH: 'away' },
  ...{ ENOTFOUND: 'away', EAI_AGAIN: 'away' },
};

/** What knex and the drivers throw without a code; knex puts the statement before it. */
const WITHOUT_CODE: Array<[pattern: RegExp, fault: Fault]> = [
  [/^Knex: Timeout acquiring a connection/, 'crowded'],
  [/^Unable to acquire a connection/, 'away'],
  [/(^| - )Connection terminated/, 'away'],
  [/(^| - )timeout (expired|exceeded when trying to connect)/, 'away'],
  [/(^| - )Client has encountered a connection error/, 'away'],
  [/(^| - )The database connection is not open/, 'away'],
  // a full SQLite ends the transaction by itself, and knex cannot roll it back
  [/(^| - )cannot rollback - no transaction is active/, 'broken'],
  [/^aborted$/, 'away'],
];

function faultOf(error: Error): Fault | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') {
    const codes = code.startsWith('SQLITE_') ? SQLITE : POSTGRES;
    const known = codes.find(([prefix]) => code.startsWith(prefix));
    const isSqlState = /^[0-9A-Z]{5}$/.test(code);
    if (known && (codes === SQLITE || isSqlState)) return known[1];
    if (SYSTEM[code]) return SYSTEM[code];
  }
  return WITHOUT_CODE.find(([pattern]) => pattern.test(error.message))?.[1];
}

/** Whether an error speaks of the database's own state, and not of what it was given. */
export function isOfDatabase(error: unknown): boolean {
  if (!isError(error)) return false;
  const fault = faultOf(error);
  return fault !== undefined && fault !== 'unstorable';
}

/** What a caller learns where a database, a parser or Redis has thrown; nothing of other errors. */
export function faultFor(error: unknown): Error | undefined {
  if (!isError(error) || statusOf(error)) return undefined;
  // ioredis and the database's driver share some codes: only the driver's are without a command
  if (isFromRedis(error)) {
    return bare(
      refusal(
        ServiceUnavailableError,
        sentence('redis-says', {
          why: { code: 'away-unreachable', values: {} },
        }),
      ),
    );
  }
  const fault = faultOf(error);
  if (fault === 'unstorable') {
    return bare(refusal(MalformedRequestError, sentence('request-unstorable')));
  }
  if (fault) {
    return bare(
      refusal(ServiceUnavailableError, sentence(`database-${fault}`)),
    );
  }
  if (
    error.name === 'RangeError' &&
    /call stack|string length/.test(error.message)
  ) {
    return bare(refusal(MalformedRequestError, sentence('request-too-deep')));
  }
  return undefined;
}

/** Redis' own errors carry the command, or the name of the client's class. */
function isFromRedis(error: Error): boolean {
  const { command } = error as { command?: unknown };
  const isRedis =
    command !== undefined ||
    /^(ReplyError|MaxRetriesPerRequestError|ClusterAllFailedError|AbortError)$/.test(
      error.name,
    ) ||
    /^(Connection is closed|Command timed out|Stream isn't writeable)/.test(
      error.message,
    );
  return isRedis && isRedisAway(error);
}

/**
 * What a caller learns of an error.
 *
 * @param log - where the error itself goes, if the caller does not get it
 */
export function publicErrorOf(
  error: unknown,
  requestId: string,
  log?: Pick<LoggerService, 'warn' | 'error'>,
): unknown {
  const known = faultFor(error);
  const line = `Request ${requestId}: ${known?.message ?? 'a fault'}`;
  if (known) {
    log?.warn(line, error as Error);
    return known;
  }
  if (isError(error) && statusOf(error)) {
    if (error.cause === undefined) return error;
    log?.warn(`Request ${requestId}: ${error.message}`, error);
    return withoutCause(error);
  }
  log?.error(line, error as Error);
  return bare(
    refusal(InternalError, sentence('fault', { request: requestId })),
  );
}

/** The same for a router that does not answer through `Api`. */
export function faultHandler(
  log?: Pick<LoggerService, 'warn' | 'error'>,
): ErrorRequestHandler {
  return (error, req, res, next) => {
    const given = res.getHeader('x-request-id') ?? req.header('x-request-id');
    next(
      publicErrorOf(error, String(given ?? '').slice(0, 200) || 'unnamed', log),
    );
  };
}

/** The status that an error is meant to be answered with; none if it is not meant for callers. */
function statusOf(error: Error): number | undefined {
  const { statusCode, status } = error as {
    statusCode?: unknown;
    status?: unknown;
  };
  for (const given of [statusCode, status]) {
    if (typeof given === 'number' && given >= 300 && given <= 599) return given;
  }
  return STATUSES[error.name];
}

/** Backstage's errors repeat their cause, which may quote anything, in their own text. */
function withoutCause(error: Error): Error {
  const copy = Object.create(Object.getPrototypeOf(error));
  const shown = Object.assign(copy, error, {
    name: error.name,
    message: error.message.split('; caused by ')[0],
    cause: undefined,
  });
  return bare(shown);
}
