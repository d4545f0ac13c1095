/**
 * A token of JSON; what is between is white space. A quote that nothing closes is a token, too:
 * looking for its end again from each quote would take time by the square.
 */
const TOKEN = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * JSON, indented, with each number as it was written: a number of JavaScript has no room for an id
 * of 19 digits. `undefined` if the text is not JSON.
 */
export function indentJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const written: string[] = [];
  let depth = 0;
  let isEmpty = false;
  const line = () => written.push('\n', '  '.repeat(depth));
  for (const [token] of text.matchAll(TOKEN)) {
    const closes = token === '}' || token === ']';
    if (closes) depth--;
    if (closes ? !isEmpty : isEmpty) line();
    isEmpty = token === '{' || token === '[';
    if (isEmpty) depth++;
    written.push(token.startsWith('"') ? asWritten(token) : token);
    if (token === ',') line();
    if (token === ':') written.push(' ');
  }
  return written.join('');
}

/** A text without escapes that it does not need. */
function asWritten(token: string): string {
  return token.includes('\\') ? JSON.stringify(JSON.parse(token)) : token;
}
