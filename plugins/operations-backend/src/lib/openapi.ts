import { IDEMPOTENCY_KEY_HEADER } from '@craft-easy/backstage-plugin-operations-common';
import { sentenceSchema } from '@craft-easy/backstage-plugin-operations-common/internal';
import { z } from 'zod';
import { endpointsByCapability } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { describeEndpoints } from './attach';
import { parameterNames, type Route } from './routes';

type Schema = Record<string, unknown>;

const errorSchema = {
  type: 'object',
  required: ['error', 'response'],
  properties: {
    error: {
      type: 'object',
      required: ['name', 'message'],
      properties: {
        name: { type: 'string' },
        message: { type: 'string' },
        words: {
          description:
            'The message as a code and values, where it has some, to be worded in other languages',
          ...jsonSchema(z.object({ message: sentenceSchema }), 'output'),
        },
      },
    },
    request: { type: 'object' },
    response: {
      type: 'object',
      properties: { statusCode: { type: 'integer' } },
    },
  },
};

/** OpenAPI 3.1 document of every endpoint. */
export function wholeOpenApiDocument(): Schema {
  return openApiDocument(
    Object.entries(endpointsByCapability).flatMap(([capability, endpoints]) =>
      describeEndpoints(capability, endpoints),
    ),
  );
}

/**
 * OpenAPI 3.1 document of a route table. What it says is what the router checks: both come from the
 * same schemas.
 */
export function openApiDocument(routes: readonly Route[]): Schema {
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
      responses: errorResponses(),
    },
  };
}

function operation(route: Route): Schema {
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: route.description,
    tags: [route.capability],
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
          ...(route.form && {
            'application/x-www-form-urlencoded': {
              schema: jsonSchema(route.body, 'input'),
            },
          }),
        },
      },
    }),
    responses: {
      ...(route.role === 'action' && {
        202: {
          description: 'Not done yet: `approval` waits for a second person',
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

/** By status: name of the component, and what the status means. */
const ERRORS: Record<number, { name: string; meaning: string }> = {
  400: {
    name: 'BadRequest',
    meaning: 'Not understood: the message names the field',
  },
  401: { name: 'Unauthorized', meaning: 'Not signed in' },
  403: { name: 'Forbidden', meaning: 'Not allowed' },
  404: {
    name: 'NotFound',
    meaning: 'Not there, or not to be seen by the caller',
  },
  409: { name: 'Conflict', meaning: 'A rule or the present state forbids it' },
  412: {
    name: 'PreconditionFailed',
    meaning: 'It was changed since: read it again',
  },
  429: {
    name: 'TooManyRequests',
    meaning: 'Too many actions: `Retry-After` says when',
  },
  503: {
    name: 'ServiceUnavailable',
    meaning: 'What would carry it out cannot be reached',
  },
};

function errors(route: Route): Schema {
  const statuses = [400, 401, 403, 404];
  if (route.role === 'action') statuses.push(409, 429, 503);
  if (route.ifMatch) statuses.push(412);
  return Object.fromEntries(
    statuses.map(status => [
      status,
      { $ref: `#/components/responses/${ERRORS[status].name}` },
    ]),
  );
}

function errorResponses(): Schema {
  return Object.fromEntries(
    Object.values(ERRORS).map(({ name, meaning }) => [
      name,
      {
        description: meaning,
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
    ...(route.ifMatch
      ? [header('If-Match', true, 'The etag of what its sender has seen')]
      : []),
  ];
}

function propertiesOf(schema: Schema): Record<string, Schema> {
  return (schema.properties as Record<string, Schema>) ?? {};
}

/** JSON Schema of what a schema takes in, or gives out. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
  });
  return rest;
}
