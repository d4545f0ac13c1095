/**
 * What the backend says to people: a code with values, which pages word in the language of their
 * reader. The API keeps the English sentence beside it.
 */

/** A value that stands for itself, or that whoever says it puts into words. */
type PlainValue =
  | string
  | number
  | { ms: number }
  | { aboutMs: number }
  | { at: string }
  | { second: string }
  | { day: string }
  | { anyOf: string[] };

/**
 * A value of a sentence. Lengths of time, times and lists are worded by whoever says it: in their
 * language and in their time zone. A part of a sentence may be one with a code of its own.
 */
export type SentenceValue =
  | PlainValue
  | { code: string; values: Record<string, PlainValue> };

/** English sentences by code; those of a plural end in `_one` and `_other`. */
type Catalogue = Readonly<Record<string, string>>;

/** The codes of a catalogue, whatever the number. */
export type CodeOf<C extends Catalogue> = Stem<keyof C & string>;

type Stem<K extends string> = K extends `${infer S}_${'one' | 'other'}` ? S : K;

/** The names of the values in a text: `{{count, number}}` has `count`. */
type NamesIn<S> = S extends `${string}{{${infer Name}}}${infer Rest}`
  ? (Name extends `${infer Bare},${string}` ? Bare : Name) | NamesIn<Rest>
  : never;

/** The values that the sentence of a code needs. */
export type ValuesOf<C extends Catalogue, K extends string> = Record<
  NamesIn<C[Extract<keyof C, K | `${K}_one` | `${K}_other`>]>,
  SentenceValue
>;

/** A sentence of a catalogue. */
export interface Sentence<Code extends string = string> {
  code: Code;
  values: Record<string, SentenceValue>;
}

/** Whether a catalogue has a sentence, and each sentence in it: other versions may know others. */
export function isSentenceOf<C extends Catalogue>(
  catalogue: C,
  of: Sentence,
): of is Sentence<CodeOf<C>> {
  const isKnown = (code: string) =>
    Object.hasOwn(catalogue, code) || Object.hasOwn(catalogue, `${code}_other`);
  return (
    isKnown(of.code) &&
    Object.values(of.values).every(value => {
      const { code } = Object(value) as { code?: unknown };
      return code === undefined || isKnown(String(code));
    })
  );
}
