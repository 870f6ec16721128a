import { z } from 'zod';
import { ENDPOINTS } from './endpoints.ts';
import type { Endpoint } from './endpoints.ts';
import * as wire from './wire.schema.ts';

type Json = Record<string, unknown>;

const NAMES = new Map<unknown, string>(Object.entries(wire).map(([name, schema]) => [schema, name]));

type Code = z.infer<typeof wire.problem>['code'];

const ANY_REQUEST: Code[] = ['unauthenticated', 'forbidden', 'not_found', 'invalid', 'rate_limited', 'unavailable'];

/** The platform's contract as OpenAPI 3.1, made from the wire schemas; `docs/openapi.json` is this and nothing else. */
export function openapi(): Json {
  const schemas = new Map<string, Json>();
  const paths: Record<string, Json> = {};
  for (const endpoint of ENDPOINTS) {
    const path = (paths[endpoint.path] ??= {});
    path[endpoint.method.toLowerCase()] = operation(endpoint, (schema, io) => reference(schemas, schema, io));
  }
  reference(schemas, wire.problem, 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Agent platform, as golive needs it',
      version: '1',
      description:
        'A key belongs to one customer and may read, lower (modes and fences) or go forward. Every forward write carries the ' +
        'generation under which it was authorised; a fence raised since makes it 409 `fenced`. Keys are idempotent: the same key ' +
        'gives the first result again.',
    },
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

type Refer = (schema: z.ZodType, io: 'input' | 'output') => Json;

function operation(endpoint: Endpoint, refer: Refer): Json {
  const { name, summary, detail, power, request, reply } = endpoint;
  const description = [...(detail === undefined ? [] : [detail]), ...(power === null ? [] : [`Needs a key that may ${power}.`])];
  return {
    operationId: name,
    summary,
    ...(description.length === 0 ? {} : { description: description.join(' ') }),
    ...(power === null ? { security: [] } : {}),
    parameters: parameters(endpoint),
    ...(request ? { requestBody: { required: true, content: jsonOf(refer(request, 'input')) } } : {}),
    responses: { 200: { description: 'Done.', content: jsonOf(refer(reply, 'output')) }, ...problems(endpoint) },
  };
}

function parameters({ path, query = {}, ifMatch }: Endpoint): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, { required, schema }]) => ({ name, in: 'query', required, schema }));
  const header = { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } };
  return [...inPath, ...inQuery, ...(ifMatch ? [header] : [])];
}

function problems({ power, problems: own = [] }: Endpoint): Json {
  if (power === null) return {};
  const byStatus = new Map<number, string[]>();
  for (const code of [...ANY_REQUEST, ...own]) {
    const status = wire.PROBLEM_STATUS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = jsonOf({ $ref: '#/components/schemas/problem' });
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, { description: codes.join(', '), content }]));
}

const jsonOf = (schema: Json): Json => ({ 'application/json': { schema } });

function reference(schemas: Map<string, Json>, schema: z.ZodType, io: 'input' | 'output'): Json {
  const name = NAMES.get(schema);
  if (name === undefined) throw new Error('an endpoint uses a schema that the wire file does not export');
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io });
  schemas.set(name, json);
  return { $ref: `#/components/schemas/${name}` };
}
