import { z } from 'zod';
import { JobDeclarationError } from './JobDeclarationError';
import type { ParametersDeclaration } from './types';

/** The parameters of a run do not fit its job's declaration. */
export class InvalidParametersError extends Error {
  constructor(issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>) {
    super(
      issues
        .map(issue => {
          const path = issue.path.map(String).join('.');
          return path ? `${path}: ${issue.message}` : issue.message;
        })
        .join('; '),
    );
    this.name = 'InvalidParametersError';
  }
}

function isZod(declaration: ParametersDeclaration): declaration is z.ZodType {
  return declaration instanceof z.ZodType;
}

function toSchemas(
  job: string,
  declaration: ParametersDeclaration,
): { json: Record<string, unknown>; zod: z.ZodType } {
  try {
    if (isZod(declaration)) {
      const json = z.toJSONSchema(declaration, {
        target: 'draft-2020-12',
        io: 'input',
      });
      return { json: json as Record<string, unknown>, zod: declaration };
    }
    return { json: declaration, zod: z.fromJSONSchema(declaration) };
  } catch (error) {
    throw new JobDeclarationError(
      job,
      'parameters',
      `cannot be expressed as JSON Schema (${
        (error as Error).message
      }); for dates use z.iso.date() or z.iso.datetime()`,
    );
  }
}

/**
 * JSON Schema of a parameters declaration for the portal's form, and the check before the handler.
 */
export function declareParameters(
  job: string,
  declaration: ParametersDeclaration | undefined,
): {
  schema: Record<string, unknown> | null;
  parse: (given: unknown) => Record<string, unknown>;
} {
  if (!declaration) {
    return {
      schema: null,
      parse: given => (given ?? {}) as Record<string, unknown>,
    };
  }
  const { json, zod } = toSchemas(job, declaration);
  if (json.type !== 'object') {
    throw new JobDeclarationError(job, 'parameters', 'must be an object');
  }
  return {
    schema: json,
    parse: given => {
      const parsed = zod.safeParse(given ?? {});
      if (!parsed.success) {
        throw new InvalidParametersError(parsed.error.issues);
      }
      return parsed.data as Record<string, unknown>;
    },
  };
}
