/**
 * The state of a step in the browser's history whose query string a page wrote itself. It stays as
 * the user left it, also where it is empty: filters that the portal sets beforehand are for pages
 * that are opened, not for one whose filters were cleared. The browser keeps it through "back",
 * "forward" and a reload.
 */
export const AS_LEFT = { asLeft: true };

/** @param state - of a location */
export function isAsLeft(state: unknown): boolean {
  return (state as Partial<typeof AS_LEFT> | null)?.asLeft === true;
}
