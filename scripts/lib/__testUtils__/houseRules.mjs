/**
 * Rules of the house that no ready-made tool checks: words, widths of comments, what is kept from
 * prettier.
 */
import { extname } from 'node:path';
import ts from 'typescript';

/** Words of a private language: neither in names nor in prose. */
const REPLACED =
  /\b(doors?|deeds?|told|untold|foretold|judge[sd]?|judging|judge?ments?|standing)\b/;
/** Private names that ordinary words make up. */
const REPLACED_NAMES =
  /\b(alongside|carr(y|ies|ied) out|in the way|kept jobs|must have one|non runs|put away|repetition|suspects|tenant turns?|what is lost)\b/;
/** Ordinary words: prose may use them, a name may not. */
const ORDINARY =
  /\b(forgets?|forgotten|hears?|heard|narrow(s|ed|er)?|tells?|telling|together)\b/;

const COMMENT_COLUMNS = 100;
const IGNORED_COLUMNS = 120;

const SCRIPTS = ['.ts', '.tsx', '.mjs', '.js', '.cjs'];
/** How a comment begins in the other languages. */
const COMMENT_MARKS = { '.lua': '--', '.py': '#', '.yaml': '#', '.yml': '#' };

/**
 * What is wrong in a file.
 * @param {string} file - its path, which is looked at too
 * @param {string} text
 * @returns {Array<{rule: string, line: number, what: string}>}
 */
export function faultsOf(file, text) {
  const extension = extname(file);
  const lines = text.split('\n');
  const faults = [];
  const add = (rule, line, what) => faults.push({ rule, line, what });
  const checkText = (words, line) => {
    const [found] = REPLACED.exec(words) ?? [];
    if (found) add('words', line, found);
  };
  const checkName = (words, line) => {
    const [found] = REPLACED_NAMES.exec(words) ?? ORDINARY.exec(words) ?? [];
    if (found) add('names', line, found);
  };
  const checkComment = line => {
    const { length } = lines[line - 1];
    if (length > COMMENT_COLUMNS) add('comments', line, `${length} columns`);
  };

  checkText(wordsOf(file), 0);
  checkName(wordsOf(file), 0);
  lines.forEach((line, i) => checkText(wordsOf(line), i + 1));
  if (SCRIPTS.includes(extension)) {
    checkScript();
  } else if (COMMENT_MARKS[extension]) {
    lines.forEach((line, i) => {
      if (line.trim().startsWith(COMMENT_MARKS[extension])) checkComment(i + 1);
      else if (!/ya?ml$/.test(extension)) {
        checkName(wordsOf(line.replace(/"[^"]*"|'[^']*'/g, '')), i + 1);
      }
    });
  }
  return faults;

  function checkScript() {
    const source = ts.createSourceFile(
      file,
      text,
      ts.ScriptTarget.Latest,
      true,
    );
    const lineOf = position =>
      source.getLineAndCharacterOfPosition(position).line + 1;
    const tokens = [...tokensOf(source)];
    for (const token of tokens) {
      if (!ts.isIdentifier(token) && !ts.isPrivateIdentifier(token)) continue;
      const line = lineOf(token.getStart(source));
      checkName(wordsOf(token.text), line);
      if (token.text === 'run' && isFunctionName(token))
        add('run', line, 'run');
    }
    const wide = new Set();
    for (const [from, to] of commentsOf(source, tokens)) {
      for (let line = lineOf(from); line <= lineOf(to); line++) wide.add(line);
      if (!text.slice(from, to).includes('prettier-ignore')) continue;
      const node = nodeAfter(tokens, to);
      const last = lineOf(node.end);
      for (let line = lineOf(node.getStart()); line <= last; line++) {
        const { length } = lines[line - 1];
        if (length > IGNORED_COLUMNS)
          add('prettier-ignore', line, `${length} columns`);
      }
    }
    wide.forEach(checkComment);
  }
}

/** A name or a text, as words in lower case. */
function wordsOf(text) {
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/[_/.-]/g, ' ')
    .toLowerCase();
}

function* tokensOf(node) {
  if (ts.isJSDoc(node)) return;
  const children = node.getChildren();
  if (children.length === 0) yield node;
  for (const child of children) yield* tokensOf(child);
}

/** Where comments begin and end. */
function commentsOf({ text }, tokens) {
  const ends = new Map();
  for (const token of tokens) {
    if (ts.isJsxText(token)) continue;
    for (const { pos, end } of [
      ...(ts.getLeadingCommentRanges(text, token.pos) ?? []),
      ...(ts.getTrailingCommentRanges(text, token.end) ?? []),
    ]) {
      ends.set(pos, end);
    }
  }
  return ends;
}

function isFunctionName(token) {
  const { parent } = token;
  if (parent.name !== token) return false;
  const value = parent.initializer ?? parent.type;
  return (
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isFunctionDeclaration(parent) ||
    (value !== undefined &&
      (ts.isFunctionTypeNode(value) ||
        ts.isArrowFunction(value) ||
        ts.isFunctionExpression(value)))
  );
}

/** The largest node that begins after a position. */
function nodeAfter(tokens, position) {
  let node = tokens.find(token => token.getStart() >= position);
  const start = node.getStart();
  while (node.parent && node.parent.getStart() === start) node = node.parent;
  return node;
}
