import { IDEMPOTENCY_KEY_HEADER } from '@craft-easy/backstage-plugin-operations-common';
import { z } from 'zod';
import { parameterNames, type Route } from './routes';

type Schema = Record<string, unknown>;

const errorSchema = {
  type: 'object',
  required: ['error', 'response'],
  properties: {
    error: {
      type: 'object',
      required: ['name', 'message'],
      properties: { name: { type: 'string' }, message: { type: 'string' } },
    },
    request: { type: 'object' },
    response: {
      type: 'object',
      properties: { statusCode: { type: 'integer' } },
    },
  },
};

/** OpenAPI 3.1 document of a route table. What it says is what the router checks: both come from the same schemas. */
export function openApiDocument(routes: Route[]): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Operations',
      version: '1',
      description:
        'Jobs, runs, controls and the audit trail of a platform. Errors are those of @backstage/errors.',
    },
    servers: [{ url: '/api/operations/v1' }],
    security: [{ backstage: [] }],
    paths,
    components: {
      securitySchemes: { backstage: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: errorSchema },
    },
  };
}

function operation(route: Route): Schema {
  return {
    operationId: route.endpoint?.operationId ?? operationId(route),
    summary: route.summary,
    description: route.endpoint?.description,
    tags: [route.capability ?? route.path.split('/')[1]],
    ...permissionOf(route),
    parameters: [
      ...pathParameters(route),
      ...queryParameters(route),
      ...headers(route),
    ],
    ...(route.body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: jsonSchema(route.body, 'input') },
        },
      },
    }),
    responses: {
      ...(route.kind === 'action' && {
        202: {
          description: 'Not done yet: `approval` waits for somebody else',
        },
      }),
      [route.status]: { description: 'What was asked for', ...content(route) },
      ...errors(route),
    },
  };
}

function content(route: Route): Schema {
  if (route.produces) {
    return {
      content: Object.fromEntries(
        route.produces.map(type => [type, { schema: { type: 'string' } }]),
      ),
    };
  }
  if (!route.answer && !route.action) return {};
  const answer = route.answer ?? z.object({});
  const whole =
    route.action && answer instanceof z.ZodObject
      ? answer.extend({ auditId: z.string() })
      : answer;
  return {
    content: { 'application/json': { schema: jsonSchema(whole, 'output') } },
  };
}

function errors(route: Route): Schema {
  const meanings: Record<string, string> = {
    400: 'Not understood: the message names the field',
    401: 'Not signed in',
    403: 'Not allowed',
    404: 'Not there, or not to be seen by the caller',
  };
  if (route.kind === 'action') {
    meanings[409] = 'A rule or the present state says no';
    meanings[429] = 'Too many actions: `Retry-After` says when';
    meanings[503] = 'What would carry it out cannot be reached';
  }
  return Object.fromEntries(
    Object.entries(meanings).map(([status, description]) => [
      status,
      {
        description,
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Error' },
          },
        },
      },
    ]),
  );
}

function permissionOf(route: Route): Schema {
  const { permission } = route;
  if ('open' in permission) return {};
  const wanted = 'name' in permission ? [permission] : permission;
  return { 'x-permissions': wanted.map(p => p.name) };
}

function operationId(route: Route): string {
  const words = route.path.split('/').filter(Boolean);
  return [route.method.toLowerCase(), ...words.map(w => w.replace(/^:/, 'by-'))]
    .join('-')
    .replace(/[^a-z0-9-]/gi, '-');
}

function pathParameters(route: Route): Schema[] {
  const properties = propertiesOf(jsonSchema(route.params, 'input'));
  return parameterNames(route.path).map(name => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? { type: 'string' },
  }));
}

function queryParameters(route: Route): Schema[] {
  const schema = jsonSchema(route.query, 'input');
  const required = new Set((schema.required as string[] | undefined) ?? []);
  return Object.entries(propertiesOf(schema)).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.has(name),
    schema: property,
  }));
}

function headers(route: Route): Schema[] {
  const header = (name: string, required: boolean, description: string) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  });
  return [
    ...(route.action
      ? [
          header(
            IDEMPOTENCY_KEY_HEADER,
            false,
            'Repetitions of a request with the same key have one effect',
          ),
        ]
      : []),
    ...(route.endpoint?.ifMatch
      ? [header('If-Match', true, 'The etag of what its sender has seen')]
      : []),
  ];
}

function propertiesOf(schema: Schema): Record<string, Schema> {
  return (schema.properties as Record<string, Schema>) ?? {};
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
  });
  return rest;
}
