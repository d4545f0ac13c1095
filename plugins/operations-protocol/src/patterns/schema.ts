import { nonLinearReason } from './linear';

/** Keywords whose value is a schema, or a list of schemas. */
const SCHEMAS = new Set([
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'oneOf',
  'prefixItems',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
/** Keywords whose value has a schema under each name. */
const NAMED_SCHEMAS = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);
/** More patterns than this are not looked at: proving them takes time itself. */
const MAX_PATTERNS = 100;

/** A pattern of a schema that is refused. */
export interface SchemaPatternProblem {
  /** where it stands */
  path: string[];
  /** a sentence that says why */
  message: string;
}

/**
 * The first pattern of a JSON Schema (`pattern`, a name in `patternProperties`) whose time is not
 * proven to be in proportion to the text: it would be applied to whatever a caller sends.
 */
export function schemaPatternProblem(
  schema: unknown,
): SchemaPatternProblem | undefined {
  const open: Array<{ schema: unknown; path: string[] }> = [
    { schema, path: [] },
  ];
  let patterns = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { schema: node, path } = next;
    if (Array.isArray(node)) {
      node.forEach((item, i) =>
        open.push({ schema: item, path: [...path, `${i}`] }),
      );
      continue;
    }
    if (node === null || typeof node !== 'object') continue;
    for (const [key, value] of Object.entries(node)) {
      const at = [...path, key];
      for (const source of patternsUnder(key, value)) {
        patterns++;
        const reason =
          patterns > MAX_PATTERNS
            ? `a schema has at most ${MAX_PATTERNS} patterns`
            : nonLinearReason(source, 'u');
        if (reason === undefined) continue;
        return {
          path: at,
          message: `the pattern ${JSON.stringify(
            source,
          )} is refused: ${reason}`,
        };
      }
      if (SCHEMAS.has(key)) open.push({ schema: value, path: at });
      else if (NAMED_SCHEMAS.has(key) && isObject(value)) {
        for (const [name, inner] of Object.entries(value)) {
          open.push({ schema: inner, path: [...at, name] });
        }
      }
    }
  }
  return undefined;
}

function patternsUnder(key: string, value: unknown): string[] {
  if (key === 'pattern') return typeof value === 'string' ? [value] : [];
  if (key === 'patternProperties' && isObject(value)) return Object.keys(value);
  return [];
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
