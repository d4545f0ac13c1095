import leven from 'leven';

/** Units that one library names and another leaves out, such as `timeout` and `timeoutMs`. */
const UNIT = /(in)?(ms|millis|milliseconds|secs?|seconds|minutes|hours|days)$/;

const MOST_SHOWN = 12;

/** A name without what people spell differently: `manual_run`, `manualRun`. */
function essence(name: string): string {
  const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return letters.replace(UNIT, '') || letters;
}

/**
 * The end of a sentence about a name that nobody knows: the one that was probably meant, else all
 * that there are.
 * @param elsewhere - what is right in place of names that other libraries have
 */
export function whatIsMeant(
  given: string,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
): string {
  if (Object.hasOwn(elsewhere, given)) {
    return `did you mean \`${elsewhere[given]}\`?`;
  }
  const wanted = essence(given);
  const [nearest] = known
    .map(name => ({ name, distance: leven(wanted, essence(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const near = Math.max(wanted.length < 4 ? 1 : 2, wanted.length / 4);
  if (nearest?.distance <= near) return `did you mean \`${nearest.name}\`?`;
  const shown = known.slice(0, MOST_SHOWN);
  if (known.length > MOST_SHOWN) shown.push('…');
  return `known are ${shown.join(', ')}`;
}

/**
 * The names of a configuration, as its `config.d.ts` has them; a list's are those of its items.
 * `true`: whatever is below, for others to check.
 */
export type NamesOf<T> = T extends readonly (infer Item)[]
  ? NamesOf<Item>
  : T extends object
  ? string extends keyof T
    ? true
    : { [K in keyof T]-?: NamesOf<NonNullable<T[K]>> } | true
  : true;

interface Names {
  readonly [name: string]: Names | true;
}

/**
 * @param given - a part of the configuration
 * @param path - where it is
 * @throws Error with the path of a name that nobody reads, and what is right
 */
export function refuseUnknown(
  given: unknown,
  path: string,
  names: Names | true,
): void {
  if (names === true || typeof given !== 'object' || given === null) return;
  if (Array.isArray(given)) {
    given.forEach((item, i) => refuseUnknown(item, `${path}[${i}]`, names));
    return;
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(names, name)) {
      throw new Error(
        `${path}.${name} is no setting; ${whatIsMeant(
          name,
          Object.keys(names),
        )}`,
      );
    }
    refuseUnknown(value, `${path}.${name}`, names[name]);
  }
}
