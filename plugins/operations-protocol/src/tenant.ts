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

/** Why a text is no tenant's id; pages word it by the key. */
const FAULTS = {
  length: `A tenant's id has 1 to ${MAX_TENANT_LENGTH} characters`,
  unicode: "A tenant's id is valid Unicode, without half of a surrogate pair",
  visible:
    "A tenant's id has visible characters only: no control, zero-width or bidirectional ones",
  blank: "A tenant's id neither begins nor ends with a blank",
  form: "A tenant's id is in Unicode's normal form C (NFC)",
} as const;

/** What is wrong with a tenant's id; `undefined` where nothing is. */
export function tenantFault(id: string): keyof typeof FAULTS | undefined {
  // An id of 200 characters has at most 400 UTF-16 units; what is longer is not looked at.
  const length = id.length > 2 * MAX_TENANT_LENGTH ? Infinity : [...id].length;
  if (length < 1 || length > MAX_TENANT_LENGTH) return 'length';
  if (LONE_SURROGATE.test(id)) return 'unicode';
  if (HAS_INVISIBLE.test(id)) return 'visible';
  if (id.trim() !== id) return 'blank';
  return id.normalize('NFC') === id ? undefined : 'form';
}

/** The same as a sentence. */
export function tenantProblem(id: string): string | undefined {
  const fault = tenantFault(id);
  return fault && FAULTS[fault];
}
