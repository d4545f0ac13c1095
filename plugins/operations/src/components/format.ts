/**
 * The language of the portal, in which numbers, lists and dates are written. There is one in a
 * window, so it is kept here instead of being handed to everything that writes a number; the root
 * of every part of Operations sets it (`hooks/useLanguage`).
 */
let language: string | undefined;

/** Sets the language of what is written from now on; undefined is that of the browser. */
export function setLanguage(next: string | undefined): void {
  language = next;
}

/**
 * The locale of what is written: the portal's language, in the region that the browser prefers for
 * it ("en-GB" where the portal says "en").
 */
export function locale(): string {
  const preferred = [...navigator.languages, navigator.language];
  if (!language) return preferred[0] || 'en';
  const ofLanguage = preferred.find(tag => tag.split('-')[0] === language);
  return ofLanguage ?? language;
}

/** "1,204". In a sentence the message itself writes the number: `{{count, number}}`. */
export function numberText(
  n: number,
  options?: Intl.NumberFormatOptions,
): string {
  return new Intl.NumberFormat(locale(), options).format(n);
}

/** "a, b and c". */
export function listText(names: Iterable<string>): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names);
}
