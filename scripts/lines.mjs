/**
 * `node scripts/lines.mjs [commit]`: source lines per package that are neither blank nor comment,
 * as committed. Counts code in any language, SQL migrations included, and leaves out tests, their
 * helpers, type declarations and dotfiles. Lint keeps every file as prettier writes it, so no
 * formatting happens here.
 */
import { execFileSync } from 'node:child_process';
import { extname } from 'node:path';
import ts from 'typescript';

const FOLDERS = ['plugins', 'packages', 'bench', 'scripts'];
const LEFT_OUT =
  /\.(test|soak)\.|\.d\.ts$|\/(__testUtils__|testUtils|testing|soak|generated|dist)\/|\/\.[^/]+$/;
const SCRIPTS = ['.ts', '.tsx', '.mjs', '.js', '.cjs'];
/** How a comment line begins. */
const OTHERS = { '.lua': '--', '.py': '#' };

const commit = process.argv[2] ?? 'HEAD';
const git = (...args) =>
  execFileSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 28 });

const totals = new Map();
const files = git('ls-tree', '-r', '--name-only', commit, '--', ...FOLDERS)
  .trimEnd()
  .split('\n')
  .filter(file => !LEFT_OUT.test(file));
for (const file of files) {
  const count = counterOf(extname(file));
  if (!count) continue;
  const [folder, name] = file.split('/');
  const owner = /^(plugins|packages)$/.test(folder)
    ? `${folder}/${name}`
    : folder;
  const lines = count(git('show', `${commit}:${file}`), file);
  totals.set(owner, (totals.get(owner) ?? 0) + lines);
}
const sum = [...totals.values()].reduce((a, b) => a + b, 0);
for (const [owner, lines] of [...totals, ['all', sum]]) {
  process.stdout.write(`${String(lines).padStart(7)}  ${owner}\n`);
}

function counterOf(extension) {
  if (SCRIPTS.includes(extension)) return scriptLines;
  const comment = OTHERS[extension];
  if (!comment) return undefined;
  return text =>
    text
      .split('\n')
      .map(line => line.trim())
      .filter(line => line && !line.startsWith(comment)).length;
}

/** Lines that hold a token, or a part of one. */
function scriptLines(text, file) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n');
  const filled = new Set();
  visit(source);
  return filled.size;

  function visit(node) {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(source);
    if (children.length > 0) {
      children.forEach(visit);
      return;
    }
    if (node.getStart(source) === node.end) return;
    const last = source.getLineAndCharacterOfPosition(node.end).line;
    let { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    for (; line <= last; line++) if (lines[line].trim()) filled.add(line);
  }
}
