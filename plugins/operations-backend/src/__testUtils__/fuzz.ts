import fc from 'fast-check';
import request from 'supertest';
import { parameterNames, type Route } from '../lib/routes';

/** What the requests of a capability are made of, besides what has always been trouble. */
export interface FuzzWords {
  /** ids and names that are there, so that what follows their lookup is reached */
  known: string[];
  /** names of query parameters */
  parameters: string[];
  /** first words of cursors */
  cursors: string[];
  /** bodies that go further than random ones */
  bodies?: Array<fc.Arbitrary<unknown>>;
}

/** A request that somebody may send. */
export interface FuzzedRequest {
  path: string;
  query: string;
  body: unknown;
  headers: Record<string, string>;
}

// text that databases, URLs and regular expressions have stumbled over
const NASTY = [
  '',
  ' ',
  '\0',
  '%',
  '_',
  '\\',
  "'",
  '"',
  "' or 1=1 --",
  '../..',
  '\ud800',
  '\u{10ffff}',
  'NaN',
  '1e999',
  '-1',
  '0',
  '9'.repeat(40),
  'null',
  '[]',
  '{}',
  '__proto__',
  'constructor',
  'a'.repeat(3000),
  '2026-13-45',
  '2026-02-30',
  '0000-01-01',
  '2026-11-20',
  '%00',
  '%E0%A4%A',
];

const HEADERS = fc.record(
  {
    'idempotency-key': fc.constantFrom(
      '',
      ' ',
      'k k',
      'é'.normalize('NFD').replace(/[^\x20-\x7e]/g, '') || 'e',
      'x'.repeat(300),
    ),
    'content-type': fc.constantFrom(
      'application/json',
      'text/plain',
      'application/json; charset=utf-7',
      'nonsense',
    ),
  },
  { requiredKeys: [] },
);

function encode(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value.replace(/[^\w%.-]/g, '') || 'x';
  }
}

/** Text as it should not be, and now and then a word that means something. */
export function fuzzedText(known: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...NASTY, ...known) },
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ maxLength: 40 }),
  );
}

/** Requests to a route: any path, query, body and headers. */
function fuzzedRequests(
  words: FuzzWords,
): (route: Route) => fc.Arbitrary<FuzzedRequest> {
  const text = fuzzedText(words.known);
  const raw = fc.constantFrom('%', '%zz', '%00', '%E0%A4%A', '..;');
  const cursors = fc
    .array(
      fc.oneof(
        fc.constantFrom(...words.cursors),
        fc.double(),
        fc.integer(),
        text,
        fc.constant(null),
        fc.object(),
      ),
      { maxLength: 4 },
    )
    .map(v => Buffer.from(JSON.stringify(v)).toString('base64url'));
  const query = fc
    .array(
      fc
        .tuple(fc.constantFrom(...words.parameters), fc.oneof(text, cursors))
        .map(([k, v]) => `${k}=${encode(v)}`),
      { maxLength: 4 },
    )
    .map(parts => (parts.length ? `?${parts.join('&')}` : ''));
  const body = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    text,
    fc.constantFrom(
      '{',
      '[]',
      '"x"',
      '{"reason":',
      'null',
      `{"reason":"${'['.repeat(2000)}"}`,
      `${'['.repeat(5000)}`,
    ),
    ...(words.bodies ?? []),
  );
  return route => {
    const count = parameterNames(route.path).length;
    const path = fc
      .array(fc.oneof({ weight: 4, arbitrary: text.map(encode) }, raw), {
        minLength: count,
        maxLength: count,
      })
      .map(values => {
        let i = 0;
        return route.path.replace(/:\w+/g, () => values[i++] || 'x');
      });
    const headers = HEADERS as fc.Arbitrary<Record<string, string>>;
    return fc.record({ path, query, body, headers });
  };
}

/** Sends a request as it is. */
export function send(
  server: Parameters<typeof request>[0],
  route: Route,
  { path, query, body, headers }: FuzzedRequest,
) {
  const method = route.method.toLowerCase() as
    | 'get'
    | 'post'
    | 'put'
    | 'delete';
  const call = request(server)
    [method](`/api/operations/v1${path}${query}`)
    .set(headers);
  if (!route.body) return call;
  if (!headers['content-type']) call.set('content-type', 'application/json');
  return call.send(typeof body === 'string' ? body : JSON.stringify(body));
}

/**
 * Sends many requests to each route.
 * @param as - headers that say who sends them
 * @returns how often each status was answered
 * @throws Error showing the smallest request found that was answered by a 500
 */
export async function fuzzRoutes(
  server: Parameters<typeof request>[0],
  routes: Route[],
  words: FuzzWords,
  numRuns: number,
  as: Record<string, string> = {},
): Promise<Map<number, number>> {
  const requestsTo = fuzzedRequests(words);
  const statuses = new Map<number, number>();
  for (const route of routes) {
    await fc.assert(
      fc.asyncProperty(requestsTo(route), async wanted => {
        const { status, text } = await send(server, route, {
          ...wanted,
          headers: { ...wanted.headers, ...as },
        });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= 500) {
          throw new Error(
            `${route.method} ${wanted.path}${wanted.query} ${JSON.stringify(
              wanted.body,
            )}: ${status} ${text}`,
          );
        }
      }),
      { numRuns },
    );
  }
  return statuses;
}
