import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execFileSync } from 'node:child_process';

export const ROOT = resolve(__dirname, '../../../..');

/** A block of code in a document. */
export interface CodeBlock {
  /** `docs/jobs.md:7`: the document and the line at which the block begins. */
  at: string;
  /** What the fence says: `ts`, `yaml`, `sh` … */
  language: string;
  text: string;
}

/** The code blocks of a text in Markdown; `document` names it in what is reported. */
function codeBlocks(document: string, text: string): CodeBlock[] {
  const fence = /^( *)```(\w*)\n([^]*?)^ *```$/gm;
  return [...text.matchAll(fence)].map(
    ({ index, 1: indent, 2: language, 3: code }) => ({
      at: `${document}:${text.slice(0, index).split('\n').length}`,
      language,
      text: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/** All code blocks that a user of the packages may paste, in one of the languages. */
export function documentedBlocks(...languages: string[]): CodeBlock[] {
  const documents = execFileSync(
    'git',
    ['ls-files', 'README.md', 'docs/*.md', 'plugins/*/README.md'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return documents
    .trim()
    .split('\n')
    .flatMap(file => codeBlocks(file, readFileSync(join(ROOT, file), 'utf8')))
    .filter(({ language }) => languages.includes(language));
}
