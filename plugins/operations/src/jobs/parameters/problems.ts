import {
  toErrorSchema,
  type ErrorSchema,
  type RJSFSchema,
  type RJSFValidationError,
  type ValidatorType,
} from '@rjsf/utils';
import { roundedNumbers } from '@craft-easy/backstage-plugin-operations-common/internal';

type Fields = Record<string, unknown>;

/** The ids of the form's fields begin with this. */
export const ID = 'parameters';

/** JSON without the members that are not set: what is sent. */
export function asSent(value: Fields | undefined): Fields {
  return JSON.parse(JSON.stringify(value ?? {}));
}

/** What is wrong with parameters. */
export function problemsOf(
  validator: ValidatorType,
  schema: RJSFSchema,
  value: Fields,
  inexact: string,
): RJSFValidationError[] {
  const { errors } = validator.validateFormData(value, schema);
  // "must match one of" says less than what the chosen branch lacks
  const exact = errors.filter(e => e.name !== 'oneOf' && e.name !== 'anyOf');
  const named = errors.length > 0 && exact.length === 0 ? errors : exact;
  return [
    ...named,
    ...roundedNumbers(value).map(path => ({
      property: path,
      message: inexact,
      stack: `${path} ${inexact}`,
    })),
  ];
}

/**
 * The problems to be shown: none of a field that the user has not left yet, unless the form was to
 * be sent.
 */
export function shownProblems(
  problems: RJSFValidationError[],
  touched: ReadonlySet<string>,
  insist: boolean,
): ErrorSchema {
  return toErrorSchema(
    insist
      ? problems
      : problems.filter(problem => touched.has(idOf(problem.property))),
  );
}

/** The id of the field that a problem is about. */
function idOf(property = ''): string {
  const names = property.replace(/^\./, '').split('.').filter(Boolean);
  return [ID, ...names].join('_');
}
