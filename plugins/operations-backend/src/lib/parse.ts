import { InputError } from '@backstage/errors';
import {
  isSentenceOf,
  REASON_SENTENCES,
  type Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { z } from 'zod';
import { refusal, sentence, fieldError } from './sentences';

/**
 * A request that is not understood. The caller learns of it, and the audit trail does not: the
 * request asks for nothing in particular.
 */
export class MalformedRequestError extends InputError {}

/** Deeper than anything that somebody means; what walks a value may do so by recursion. */
const MAX_DEPTH = 100;

/**
 * Parses what came from outside.
 *
 * @throws MalformedRequestError naming the first wrong field, such as `query.limit`
 */
export function parse<T extends z.ZodType>(
  schema: T,
  value: unknown,
  where: string,
): z.output<T> {
  assertPlain(value, where);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw issueError(MalformedRequestError, result.error.issues[0], where);
}

/** An error that names the field of an issue, such as `query.limit`. */
export function issueError<E extends Error>(
  Kind: new (message: string) => E,
  issue: z.core.$ZodIssue,
  where: string,
): E {
  const field = [where, ...issue.path.map(String)].join('.');
  return fieldError(Kind, field, messageOf(issue), wordsOf(issue, field));
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `unknown field ${issue.keys.map(k => `\`${k}\``).join(', ')}`;
  }
  return issue.message;
}

/** The words of an issue; undefined where a schema says it in words of its own. */
function wordsOf(issue: z.core.$ZodIssue, field: string): Sentence | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return sentence('field-unknown', { field, names: issue.keys.join(', ') });
    case 'invalid_type':
      return / received undefined$/.test(issue.message)
        ? sentence('field-missing', { field })
        : sentence('field-type', { field, type: issue.expected });
    case 'invalid_value':
      return sentence('field-one-of', {
        field,
        options: issue.values.map(String).join(', '),
      });
    case 'too_big':
    case 'too_small':
      return limitOf(issue, field);
    case 'invalid_format':
      return sentence('field-form', {
        field,
        form: issue.pattern ?? issue.format,
      });
    case 'custom': {
      const { code = '', values } = issue.params ?? {};
      const words = { code, values: { field, ...values } };
      return isSentenceOf(REASON_SENTENCES, words) ? words : undefined;
    }
    default:
      return sentence('field-invalid', { field });
  }
}

function limitOf(
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
  field: string,
): Sentence {
  const isTooBig = issue.code === 'too_big';
  const limit = Number(isTooBig ? issue.maximum : issue.minimum);
  const values = { field, limit };
  switch (issue.origin) {
    case 'string':
      return sentence(isTooBig ? 'field-too-long' : 'field-too-short', values);
    case 'array':
    case 'set':
    case 'map':
      return sentence(isTooBig ? 'field-too-many' : 'field-too-few', values);
    default:
      if (issue.inclusive === false) {
        return sentence(isTooBig ? 'field-below' : 'field-above', values);
      }
      return sentence(isTooBig ? 'field-at-most' : 'field-at-least', values);
  }
}

/**
 * Refuses what would be trouble further on, so that nobody there has to think of it: NUL, which
 * PostgreSQL stores in no text, and values so deep that walking them exhausts the call stack.
 */
function assertPlain(value: unknown, where: string): void {
  const path: string[] = [];
  const refuseNul = (text: string) => {
    if (!text.includes('\0')) return;
    throw refusal(
      MalformedRequestError,
      sentence('field-nul', { field: [where, ...path].join('.') }),
    );
  };
  const visit = (inner: unknown): void => {
    if (typeof inner === 'string') refuseNul(inner);
    if (!inner || typeof inner !== 'object') return;
    if (path.length === MAX_DEPTH) {
      throw refusal(
        MalformedRequestError,
        sentence('field-too-deep', { field: where, levels: MAX_DEPTH }),
      );
    }
    const isList = Array.isArray(inner);
    for (const key of Object.keys(inner)) {
      if (!isList) refuseNul(key);
      path.push(key);
      visit((inner as Record<string, unknown>)[key]);
      path.pop();
    }
  };
  visit(value);
}
