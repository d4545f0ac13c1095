/**
 * Agents' actions: the endpoints that are declared for agents, in the registry of actions (and so
 * in MCP). Name, title, description and inputs follow from the endpoint; the request is answered by
 * the same `Api` as over HTTP. What is not declared for agents they cannot do.
 */
import { randomUUID } from 'node:crypto';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { z as Zod } from 'zod/v3';
import { z } from 'zod';
import type { Api } from '../lib/api';
import { jsonSchema } from '../lib/openapi';
import { parameterNames, type Route } from '../lib/routes';

/** What the audit trail shows as the user agent of an action that came through the registry. */
const USER_AGENT = 'backstage-actions';

export function registerAgentActions(options: {
  actionsRegistry: ActionsRegistryService;
  api: Api;
}): void {
  const { actionsRegistry, api } = options;
  for (const route of api.routes.filter(r => r.agents)) {
    const inputs = inputsOf(route);
    actionsRegistry.register({
      name: kebabCase(route.operationId),
      title: route.summary,
      description: route.description ?? route.summary,
      attributes: {
        readOnly: route.role === 'read',
        destructive: route.agents === 'destructive',
        idempotent: route.role === 'read',
      },
      schema: {
        input: zod =>
          zod
            .object(
              Object.fromEntries(
                Object.entries(inputs).map(([name, input]) => [
                  name,
                  fieldOf(zod, input),
                ]),
              ),
            )
            .strict(),
        output: zod => zod.object({}).passthrough(),
      },
      action: async ({ input, credentials }) => {
        const { body } = await api.answer(route, {
          ...requestOf(route, input),
          credentials,
          requestId: randomUUID(),
          userAgent: USER_AGENT,
        });
        // as it would go over HTTP: without what JSON does not know
        return { output: JSON.parse(JSON.stringify(body)) };
      },
    });
  }
}

interface Input {
  schema: JsonSchema;
  required: boolean;
}

interface JsonSchema {
  type?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

const REASON = 'Why, in at least 8 characters; kept in the audit trail';

/**
 * Inputs of a route: its parameters, then its query or the fields of its body, then its headers.
 */
function inputsOf(route: Route): Record<string, Input> {
  const asked = route.method === 'GET' ? route.query : route.body;
  const inputs: Record<string, Input> = {
    ...fieldsOf(jsonSchema(route.params, 'input')),
    ...fieldsOf(jsonSchema(asked ?? z.object({}), 'input')),
  };
  if (inputs.reason) inputs.reason.schema.description = REASON;
  if (route.ifMatch) {
    inputs.etag = text('The etag of what was read before', true);
  }
  if (route.role === 'action') {
    inputs.idempotencyKey = text(
      'Send the same key to repeat a call without a second effect',
      false,
    );
  }
  return inputs;
}

function text(description: string, required: boolean): Input {
  return { schema: { type: 'string', description }, required };
}

/**
 * Fields of an object; of a union of objects those of all, required where each one requires them.
 */
function fieldsOf(schema: JsonSchema): Record<string, Input> {
  const variants = schema.anyOf ?? schema.oneOf ?? [schema];
  const fields: Record<string, Input> = {};
  for (const variant of variants) {
    for (const [name, field] of Object.entries(variant.properties ?? {})) {
      const required = variants.every(v => v.required?.includes(name));
      fields[name] ??= { schema: field, required };
    }
  }
  return fields;
}

/**
 * The registry's zod is version 3, and its objects are its own. The route checks each value again.
 */
function fieldOf(zod: typeof Zod, { schema, required }: Input): Zod.ZodTypeAny {
  let field = typeOf(zod, schema);
  if (schema.description) field = field.describe(schema.description);
  return required ? field : field.optional();
}

function typeOf(zod: typeof Zod, schema: JsonSchema): Zod.ZodTypeAny {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) {
    const some = variants.filter(v => v.type !== 'null');
    const first = some.length ? typeOf(zod, some[0]) : zod.null();
    const union = some
      .slice(1)
      .reduce((all, one) => all.or(typeOf(zod, one)), first);
    return some.length < variants.length ? union.nullable() : union;
  }
  if (schema.enum?.every(v => typeof v === 'string')) {
    return zod.enum(schema.enum as [string, ...string[]]);
  }
  switch (schema.type) {
    case 'string':
      return zod.string();
    case 'integer':
      return zod.number().int();
    case 'number':
      return zod.number();
    case 'boolean':
      return zod.boolean();
    case 'array':
      return zod.array(typeOf(zod, schema.items ?? {}));
    case 'object':
      return zod.record(zod.unknown());
    default:
      return zod.unknown();
  }
}

function requestOf(route: Route, input: Record<string, unknown>) {
  const { idempotencyKey, etag, ...given } = input;
  const inPath = new Set(parameterNames(route.path));
  const entries = Object.entries(given).filter(([, v]) => v !== undefined);
  const params = Object.fromEntries(entries.filter(([k]) => inPath.has(k)));
  const rest = Object.fromEntries(entries.filter(([k]) => !inPath.has(k)));
  const headers: Record<string, unknown> = {
    'idempotency-key': idempotencyKey,
    'if-match': etag,
  };
  return {
    params,
    query: route.method === 'GET' ? rest : {},
    body: route.method === 'GET' ? undefined : rest,
    header: (name: string) => headers[name.toLowerCase()] as string | undefined,
  };
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}
