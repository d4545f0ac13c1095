/** The code that README tells a reader to paste. */
import { readFileSync } from 'node:fs';
import { Sentence } from '../log.mjs';
import { inRoot } from '../paths.mjs';

/**
 * @param {string} document - as in `README.md`
 * @returns {string[]} the texts of its code blocks
 */
function codeBlocks(document) {
  const text = readFileSync(inRoot(document), 'utf8');
  return [...text.matchAll(/^```\w+\n([^]*?)^```$/gm)].map(([, code]) => code);
}

/**
 * The block of a document that begins with a line, or has a text in it.
 * @param {string} document
 * @param {...string} texts - all of which it has
 */
export function codeBlock(document, ...texts) {
  const found = codeBlocks(document).filter(code =>
    texts.every(text => code.includes(text)),
  );
  if (found.length === 1) return found[0];
  throw new Sentence(
    `${document} has ${found.length} code blocks with ${texts.join(' and ')}.`,
  );
}
