/**
 * The words by which a run can be found besides its id: values of its parameters. Bounded per run,
 * so that the index grows with the runs that have parameters and not with what people put into
 * them.
 */
import { storable } from '../../lib/sql';

const MAX_TERMS_PER_RUN = 8;
const MAX_TERM_LENGTH = 64;
const MAX_DEPTH = 3;

/**
 * Text, numbers and booleans-with-a-name found in the parameters, lower-case, first come first
 * kept.
 */
export function termsOf(parameters: unknown): string[] {
  const terms = new Set<string>();
  const walk = (value: unknown, depth: number) => {
    if (terms.size >= MAX_TERMS_PER_RUN || depth > MAX_DEPTH) return;
    if (typeof value === 'string' || typeof value === 'number') {
      const term = normaliseTerm(String(value));
      if (term.length >= 2) terms.add(term);
    } else if (value && typeof value === 'object') {
      for (const inner of Object.values(value)) walk(inner, depth + 1);
    }
  };
  walk(parameters, 0);
  return [...terms];
}

export function normaliseTerm(text: string): string {
  return storable(text.trim().toLowerCase().slice(0, MAX_TERM_LENGTH));
}
