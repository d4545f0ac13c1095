import { whatIsMeant } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { z } from 'zod';
import type { RequestKey } from './requests/RequestVerifier';

/** What is wrong, and where. A name that nobody knows comes first: it is why another is missing. */
export function faultOf(error: z.ZodError): { path: string; message: string } {
  const unknown = error.issues.find(i => i.code === 'unrecognized_keys');
  const { path, message } = unknown ?? error.issues[0];
  const keys = unknown?.keys.slice(0, 1) ?? [];
  return { path: [...path, ...keys].map(String).join('.'), message };
}

/**
 * What the platform's code gave, if it fits the protocol.
 * @param name - what it is called in the code, such as `tenant`
 * @throws TypeError with a sentence that names the field
 */
export function checked<T extends z.ZodType>(
  name: string,
  schema: T,
  given: unknown,
): z.output<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = faultOf(parsed.error);
  throw new TypeError(`${path ? `${name}.${path}` : name}: ${message}`);
}

/**
 * Options of these names and forms, and no others: what is not understood must not be ignored.
 * @param elsewhere - what is right in place of names that other libraries have
 */
export function optionsOf<O extends object>(
  shape: { [K in keyof O]-?: z.ZodType<O[K]> },
  elsewhere?: Record<string, string>,
): z.ZodType<O> {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: issue =>
      issue.code === 'unrecognized_keys'
        ? `is not known; ${whatIsMeant(issue.keys[0], names, elsewhere)}`
        : sentence(`an object of ${names.join(', ')}`, issue.input),
  }) as unknown as z.ZodType<O>;
}

/** @param right - completes "must be …" */
export function form<T>(right: string, holds: (given: any) => boolean) {
  return z.custom<T>(holds, {
    error: ({ input }) => sentence(right, input),
  });
}

function sentence(right: string, given: unknown): string {
  return given === undefined
    ? `is needed: ${right}`
    : `must be ${right}, not ${kindOf(given)}`;
}

/** Numbers as they are; of anything else what it is, as it may be a secret. */
function kindOf(given: unknown): string {
  if (given === null || ['number', 'boolean'].includes(typeof given)) {
    return String(given);
  }
  if (Array.isArray(given)) return 'a list';
  if (typeof given === 'object') return 'an object';
  if (given === '') return 'an empty text';
  return typeof given === 'string' ? 'a text' : `a ${typeof given}`;
}

const isText = (given: unknown) => typeof given === 'string' && given !== '';
const isMethod = (given: any, name: string) =>
  typeof given?.[name] === 'function';

/** Something of a class of ours, or of another copy of it, known by a method. */
export const having = (right: string, ...methods: string[]): z.ZodType<any> =>
  form(right, given => methods.every(method => isMethod(given, method)));

/** Forms that many options have. */
export const forms = {
  text: form<string>('a text', isText),
  texts: form<string[]>(
    'a list of texts',
    given => Array.isArray(given) && given.every(isText),
  ),
  flag: form<boolean>('true or false', given => typeof given === 'boolean'),
  callback: form(
    'a function',
    given => typeof given === 'function',
  ) as z.ZodType<any>,
  milliseconds: form<number>(
    'a number of milliseconds, such as 30000',
    given => Number.isFinite(given) && given >= 0,
  ),
  count: form<number>(
    'a whole number above 0',
    given => Number.isInteger(given) && given > 0,
  ),
  requestKeys: form<RequestKey[]>(
    'a list of { id, publicKey }',
    given =>
      Array.isArray(given) &&
      given.every(key => isText(key?.id) && isText(key?.publicKey)),
  ),
};
