import { createHash } from 'node:crypto';
import { storable } from '../../lib/sql';

/**
 * What varies between two occurrences of one error, most specific first; each is replaced by a word
 * that says what stood there.
 */
const VARYING: Array<[RegExp, string]> = [
  [/(?<![a-z0-9+.-])[0-9+.-]*[a-z][a-z0-9+.-]*:\/\/[^\s"'<>)\]]+/gi, '<url>'],
  [/(?<![^\s@"'<>])[^\s@"'<>]+@[^\s@"'<>]+\.[a-z]{2,}/gi, '<email>'],
  [
    /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
    '<id>',
  ],
  [/"[^"\n]*"|`[^`\n]*`|(?<![a-z])'[^'\n]*'(?![a-z])/gi, '<value>'],
  [
    /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?\b/g,
    '<time>',
  ],
  [/\b0x[0-9a-f]+\b/gi, '<id>'],
  // a mixture of hexadecimal digits and letters of some length is an id; a word of letters only is
  // a word
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '<id>'],
  [/\b\d[\d.,:_-]*/g, '<n>'],
  [/\b(?=\w*<n>)[\w<>-]+/g, '<id>'],
];

const MAX_LENGTH = 500;

/**
 * A message with its varying parts (ids, numbers, quoted values, addresses) replaced, so that equal
 * errors read equal.
 */
export function normaliseMessage(message: string): string {
  let text = storable(message.split('\n', 1)[0].slice(0, MAX_LENGTH));
  for (const [pattern, word] of VARYING) text = text.replace(pattern, word);
  return text.replace(/\s+/g, ' ').trim();
}

/**
 * Short name of a group of errors. The error's class counts, so that a TypeError and a timeout
 * never share a group.
 */
export function fingerprintOf(error: { name: string; message: string }): {
  fingerprint: string;
  message: string;
} {
  const message = normaliseMessage(error.message) || storable(error.name);
  const fingerprint = createHash('sha256')
    .update(`${error.name}\n${message}`)
    .digest('hex')
    .slice(0, 16);
  return { fingerprint, message };
}
