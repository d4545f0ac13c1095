import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const PAGE = readFileSync(
  resolve(__dirname, '../../../../docs/checkin.md'),
  'utf8',
);

/** The code blocks of docs/checkin.md in a language, without their first line if it is a name. */
export function documentedBlocks(language: string): string[] {
  return [...PAGE.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text);
}

/** The block that begins with the comment `# <name>`. */
export function documentedFile(language: string, name: string): string {
  const found = documentedBlocks(language).filter(text =>
    text.startsWith(`# ${name}`),
  );
  if (found.length !== 1) throw new Error(`${found.length} blocks are ${name}`);
  return found[0];
}
