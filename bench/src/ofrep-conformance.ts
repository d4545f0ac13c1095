/**
 * Holds any OFREP server against the protocol, with the public clients and by hand.
 * `npm run bench -- ofrep-conformance <base URL> <token> [flag that exists]`
 */
import { OFREPApi } from '@openfeature/ofrep-core';
import { startBench } from './cli';
import { problemOfWebProvider } from './ofrep/clients';

const [baseUrl, token, known] = process.argv.slice(2);
const REASONS = [
  'STATIC',
  'TARGETING_MATCH',
  'SPLIT',
  'DISABLED',
  'DEFAULT',
  'UNKNOWN',
  'CACHED',
  'STALE',
];

interface Check {
  what: string;
  /** optional parts of the protocol may be left out */
  optional?: boolean;
  check(): Promise<string | undefined>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What is wrong with an answer for one flag. The published schema says `oneOf` where it means
 * "any of": ordinary values match several branches.
 */
function problemOfFlag(flag: unknown): string | undefined {
  if (!isObject(flag)) return 'not an object';
  if (typeof flag.key !== 'string') return 'without a key';
  if ('errorCode' in flag) {
    return typeof flag.errorCode === 'string' ? undefined : 'errorCode is odd';
  }
  if (flag.reason !== undefined && !REASONS.includes(flag.reason as string)) {
    return `${flag.key}: reason ${flag.reason}`;
  }
  if (flag.value === undefined) {
    return flag.reason === undefined ||
      flag.reason === 'DISABLED' ||
      flag.reason === 'DEFAULT'
      ? undefined
      : `${flag.key}: no value, and reason ${flag.reason}`;
  }
  if (flag.value === null) return `${flag.key}: null is no value`;
  if (flag.variant !== undefined && typeof flag.variant !== 'string') {
    return `${flag.key}: variant is no string`;
  }
  if (flag.metadata !== undefined) {
    if (!isObject(flag.metadata)) return `${flag.key}: metadata is no object`;
    for (const [name, value] of Object.entries(flag.metadata)) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) {
        return `${flag.key}: metadata.${name} is ${typeof value}`;
      }
    }
  }
  return undefined;
}

function ask(
  path: string,
  body: string | undefined,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${baseUrl}/ofrep/v1/evaluate/flags${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
  });
}

const context = (tenant: string) =>
  JSON.stringify({ context: { targetingKey: 'conformance', tenant } });
const expectStatus = (response: Response, status: number) =>
  response.status === status
    ? undefined
    : `${response.status} instead of ${status}`;

const headers: Array<[string, string]> = token
  ? [['Authorization', `Bearer ${token}`]]
  : [];

const CHECKS: Check[] = [
  {
    what: 'the public web provider serves the same values, defaults and errors',
    async check() {
      const { flags } = await (await ask('', context('a'))).json();
      return problemOfWebProvider(
        { baseUrl, headers, context: { targetingKey: 'conformance' } },
        flags.slice(0, 20),
      );
    },
  },
  {
    what: 'the public client understands a bulk evaluation',
    async check() {
      const api = new OFREPApi({ baseUrl, headers });
      const { httpStatus } = await api.postBulkEvaluateFlags({
        context: { targetingKey: 'conformance' },
      });
      return httpStatus === 200 ? undefined : `${httpStatus}`;
    },
  },
  {
    what: 'every flag of a bulk evaluation is as the schema says',
    async check() {
      const body = await (await ask('', context('a'))).json();
      if (!Array.isArray(body.flags)) return 'no `flags`';
      return body.flags.map(problemOfFlag).find(Boolean);
    },
  },
  {
    what: 'a single evaluation says the same as the bulk',
    async check() {
      const bulk = await (await ask('', context('a'))).json();
      for (const flag of bulk.flags.slice(0, 20)) {
        const one = await ask(`/${encodeURIComponent(flag.key)}`, context('a'));
        const answer = await one.json();
        for (const field of ['value', 'variant', 'reason'] as const) {
          if (JSON.stringify(answer[field]) !== JSON.stringify(flag[field])) {
            return `${flag.key}: ${field} differs`;
          }
        }
      }
      return undefined;
    },
  },
  {
    what: 'an ETag gives 304 for the same request',
    async check() {
      const etag = (await ask('', context('a'))).headers.get('etag');
      if (!etag) return 'no ETag';
      const again = await ask('', context('a'), { 'if-none-match': etag });
      return expectStatus(again, 304);
    },
  },
  {
    what: 'the ETag covers the context',
    async check() {
      const etag = (await ask('', context('a'))).headers.get('etag');
      if (!etag) return 'no ETag';
      const other = await ask('', context('b'), { 'if-none-match': etag });
      return expectStatus(other, 200);
    },
  },
  {
    what: 'an unknown flag is 404 FLAG_NOT_FOUND with its key',
    async check() {
      const response = await ask('/there-is-no-such-flag', context('a'));
      const wrong = expectStatus(response, 404);
      if (wrong) return wrong;
      const { key, errorCode } = await response.json();
      return key === 'there-is-no-such-flag' && errorCode === 'FLAG_NOT_FOUND'
        ? undefined
        : `${key} ${errorCode}`;
    },
  },
  {
    what: 'a body that is no JSON is 400 with an errorCode',
    async check() {
      const response = await ask('', '{"context');
      return (
        expectStatus(response, 400) ??
        ((await response.json()).errorCode ? undefined : 'no errorCode')
      );
    },
  },
  {
    what: 'a context that is no object is 400',
    async check() {
      return expectStatus(await ask('', '{"context":[1]}'), 400);
    },
  },
  {
    what: 'a request without a body is answered',
    async check() {
      return expectStatus(await ask('', undefined), 200);
    },
  },
  {
    what: 'without credentials 401',
    optional: true,
    async check() {
      const response = await ask('', context('a'), {
        authorization: 'Bearer x',
      });
      return expectStatus(response, 401);
    },
  },
  {
    what: 'event streams are of known shape and open',
    optional: true,
    async check() {
      const { eventStreams } = await (await ask('', context('a'))).json();
      if (eventStreams === undefined) return 'left out';
      for (const stream of eventStreams) {
        const uri = stream.endpoint?.requestUri;
        if (stream.type !== 'sse' || !(stream.url || uri)) return 'odd entry';
        const origin = stream.endpoint?.origin ?? new URL(baseUrl).origin;
        const stop = new AbortController();
        const opened = await fetch(stream.url ?? origin + uri, {
          signal: stop.signal,
        });
        const type = opened.headers.get('content-type') ?? '';
        stop.abort();
        if (!type.includes('text/event-stream')) return `is ${type}`;
      }
      return undefined;
    },
  },
];

async function main() {
  if (!baseUrl) throw new Error('say the base URL of an OFREP server');
  if (known) {
    CHECKS.push({
      what: `${known} is there`,
      async check() {
        return expectStatus(await ask(`/${known}`, context('a')), 200);
      },
    });
  }
  let failed = 0;
  for (const { what, optional, check } of CHECKS) {
    let problem: string | undefined;
    try {
      problem = await check();
    } catch (error) {
      problem = String(error);
    }
    let mark = 'ok  ';
    if (problem) mark = optional ? 'opt ' : 'FAIL';
    if (problem && !optional) failed += 1;
    process.stdout.write(`${mark} ${what}${problem ? `: ${problem}` : ''}\n`);
  }
  process.stdout.write(`${failed} of ${CHECKS.length} failed\n`);
  process.exit(failed ? 1 : 0);
}

startBench(main);
