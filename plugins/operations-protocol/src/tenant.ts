/** Most characters (code points) of a tenant's id. */
export const MAX_TENANT_LENGTH = 200;

/**
 * Characters that show nothing, or change how the text around them reads: controls, separators of
 * lines, zero-width and bidirectional marks, and what is no character.
 */
export const INVISIBLE = [
  String.raw`\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F`,
  String.raw`\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\uFFFE\uFFFF`,
].join('');
/** Those, and the tags, which are outside of the basic plane. */
export const HAS_INVISIBLE = new RegExp(
  String.raw`[${INVISIBLE}]|\uDB40[\uDC00-\uDFFF]`,
);
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What is wrong with a tenant's id, as a sentence; `undefined` where nothing is. */
export function tenantProblem(id: string): string | undefined {
  // An id of 200 characters has at most 400 UTF-16 units; what is longer is not looked at.
  const length = id.length > 2 * MAX_TENANT_LENGTH ? Infinity : [...id].length;
  if (length < 1 || length > MAX_TENANT_LENGTH) {
    return `A tenant's id has 1 to ${MAX_TENANT_LENGTH} characters`;
  }
  if (LONE_SURROGATE.test(id)) {
    return "A tenant's id is valid Unicode, without half of a surrogate pair";
  }
  if (HAS_INVISIBLE.test(id)) {
    return "A tenant's id has visible characters only: no control, zero-width or bidirectional ones";
  }
  if (id.trim() !== id) {
    return "A tenant's id neither begins nor ends with a blank";
  }
  return id.normalize('NFC') === id
    ? undefined
    : "A tenant's id is in Unicode's normal form C (NFC)";
}
