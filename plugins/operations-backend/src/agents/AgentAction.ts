import type { z as Zod } from 'zod/v3';

/** The zod that the actions registry hands out. */
export type RegistryZod = typeof Zod;
type Shape = Record<string, Zod.ZodTypeAny>;

/** Where the parts of an input go in the request of the route. */
export interface AgentRequest {
  params?: object;
  query?: object;
  body?: object;
  headers?: Record<string, string | undefined>;
}

/** An action of an agent: a route of the API, told in the words that an agent needs to choose it. */
export interface AgentAction {
  /** unique, kebab-case */
  name: string;
  /** as the route table has it */
  endpoint: string;
  title: string;
  description: string;
  attributes: { readOnly: boolean; destructive: boolean; idempotent: boolean };
  /** what the agent fills in; the route judges it again by its own schema */
  input(z: RegistryZod): Shape;
  request(input: Record<string, unknown>): AgentRequest;
}

const READ = { readOnly: true, destructive: false, idempotent: true };
const CHANGE = { readOnly: false, destructive: false, idempotent: false };
const DESTROY = { readOnly: false, destructive: true, idempotent: false };

/** Words that an action is described by. */
interface Told {
  name: string;
  endpoint: string;
  title: string;
  description: string;
}

type Fields = (z: RegistryZod) => Shape;
const nothing: Fields = () => ({});

/** Looks at something. `params`: names of the inputs that stand in the path; the others are the query. */
export function looks(told: Told, input: Fields = nothing): AgentAction {
  return {
    ...told,
    attributes: READ,
    input,
    request: given => splitByPath(told.endpoint, given, 'query'),
  };
}

/** Previews something: like a change by its request, but it changes nothing. */
export function previews(told: Told, input: Fields): AgentAction {
  return {
    ...told,
    attributes: READ,
    input,
    request: given => splitByPath(told.endpoint, given, 'body'),
  };
}

/** Changes something: asks for a reason, and takes a key by which a repetition is told from a second one. */
export function changes(
  told: Told,
  input: Fields,
  more: { destructive: boolean; ifMatch?: boolean },
): AgentAction {
  return {
    ...told,
    attributes: more.destructive ? DESTROY : CHANGE,
    input: z => ({
      ...input(z),
      ...(more.ifMatch && {
        etag: z.string().describe('The etag of what was read before'),
      }),
      reason: z
        .string()
        .describe('Why, in at least 8 characters; kept in the audit trail'),
      idempotencyKey: z
        .string()
        .optional()
        .describe('Send the same key to repeat a call without a second effect'),
    }),
    request: ({ idempotencyKey, etag, ...given }) => ({
      ...splitByPath(told.endpoint, given, 'body'),
      headers: {
        'idempotency-key': idempotencyKey as string | undefined,
        'if-match': etag as string | undefined,
      },
    }),
  };
}

function splitByPath(
  endpoint: string,
  given: Record<string, unknown>,
  rest: 'query' | 'body',
): AgentRequest {
  const inPath = new Set([...endpoint.matchAll(/:(\w+)/g)].map(m => m[1]));
  const entries = Object.entries(given).filter(([, v]) => v !== undefined);
  return {
    params: Object.fromEntries(entries.filter(([k]) => inPath.has(k))),
    [rest]: Object.fromEntries(entries.filter(([k]) => !inPath.has(k))),
  };
}
