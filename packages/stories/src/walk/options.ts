/** Which part of the walk is taken: `npm run walk -- --people=ada --width=390`. */
import type { PersonName } from '../people';

const PEOPLE: PersonName[] = [
  ...(['vera.viewer', 'oskar.operator', 'ada.admin'] as const),
  ...(['alva.admin', 'fia.finance', 'tim.tenant'] as const),
];

/** One way through the portal. */
export interface Walk {
  person: PersonName;
  theme: 'light' | 'dark';
  width: number;
  /** size of the text, in per cent */
  text: number;
}

/** The walks that the environment names; all of them where it names none. */
export function walksOf(env: NodeJS.ProcessEnv): Walk[] {
  const people = some(env.WALK_PEOPLE, PEOPLE, (name, one) =>
    one.startsWith(name),
  );
  const themes = some(env.WALK_THEME, ['light', 'dark'] as const);
  const widths = some(env.WALK_WIDTH, [1440, 768, 390, 320]);
  const texts = some(env.WALK_TEXT, [100, 200]);
  return people.flatMap(person =>
    themes.flatMap(theme =>
      widths.flatMap(width =>
        texts.map(text => ({ person, theme, width, text })),
      ),
    ),
  );
}

/**
 * The pages that are walked, by parts of their paths.
 * @throws Error if there is none: a walk of nothing would find nothing wrong
 */
export function pagesOf(all: readonly string[], env: NodeJS.ProcessEnv) {
  return some(env.WALK_PAGES, all, (part, path) => path.includes(part));
}

function some<T extends string | number>(
  wanted: string | undefined,
  all: readonly T[],
  matches = (name: string, one: T) => String(one) === name,
): T[] {
  if (!wanted) return [...all];
  const found = wanted
    .split(',')
    .flatMap(name => all.filter(one => matches(name.trim(), one)));
  if (found.length === 0) {
    throw new Error(`"${wanted}" is none of ${all.join(', ')}`);
  }
  return found;
}
