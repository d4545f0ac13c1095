import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, type CodeBlock } from './codeBlocks';

const read = (file: string) =>
  JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const { scripts } = read('package.json');
const { paths } = read('docs/openapi.json');

/** Names of the packages of this repository that are published. */
const packages = ['plugins', 'packages']
  .flatMap(root =>
    readdirSync(join(ROOT, root)).map(folder => `${root}/${folder}`),
  )
  .map(folder => read(`${folder}/package.json`))
  .filter(({ private: kept }) => !kept)
  .map(({ name }) => name);

/** Whether the API answers a path, by any method. */
function isAnswered(path: string): boolean {
  return Object.keys(paths).some(known =>
    new RegExp(`^${known.replace(/\{\w+\}/g, '[^/{}]+')}$`).test(path),
  );
}

/** What each command needs to be there: a word of it, and how that is found out. */
const KNOWN: Array<[RegExp, (name: string) => boolean]> = [
  [/\bnpm run ([\w:-]+)/g, name => name in scripts],
  [/^npm (start|test)\b/gm, name => name in scripts],
  [/(@craft-easy\/[\w-]+)/g, name => packages.includes(name)],
  [/\bnode (\S+\.mjs)/g, name => existsSync(join(ROOT, name))],
  [/ -f (\S+)/g, name => existsSync(join(ROOT, name))],
  [/--cwd (\S+)/g, name => existsSync(join(ROOT, name))],
  [/\/api\/operations\/v1(\/[^\s"'?]*)/g, isAnswered],
];

/** What a shell, the packages or the API do not know of a block of commands. */
export function shellFaults({ at, text }: CodeBlock): string[] {
  const { stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' });
  const unknown = KNOWN.flatMap(([pattern, isKnown]) =>
    [...text.matchAll(pattern)]
      .map(([, name]) => name)
      .filter(name => !isKnown(name)),
  );
  return [...(stderr ? [stderr] : []), ...unknown].map(
    fault => `${at}: ${fault}`,
  );
}
