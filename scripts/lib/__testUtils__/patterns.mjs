/** The regular expressions in the source of the plugins and packages. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { inRoot } from '../paths.mjs';
import { repositoryFiles } from './repositoryFiles.mjs';

const require = createRequire(import.meta.url);
require('@backstage/cli/config/nodeTransform.cjs');
const protocol = inRoot('plugins/operations-protocol/src');

export const { nonLinearReason } = require(`${protocol}/patterns/linear.ts`);
const {
  SECRET_FORMS,
  secretFieldPattern,
} = require(`${protocol}/patterns/secrets.ts`);
const { HAS_INVISIBLE } = require(`${protocol}/tenant.ts`);

const SOURCES = /^(plugins|packages)\/.*\.tsx?$/;
const NOT_SHIPPED =
  /\.(test|soak|stories)\.tsx?$|__testUtils__|\/testUtils|\/dev\/|^packages\/stories\//;

/**
 * Where patterns are put together, and which ones.
 * @type {Record<string, Array<[source: string, flags: string]>>}
 */
export const COMPOSED = {
  // each character of a fixed text by itself
  'plugins/operations-protocol/src/patterns/alphabet.ts': [],
  // only what is proven is compiled
  'plugins/operations-protocol/src/patterns/compile.ts': [],
  'plugins/operations-protocol/src/patterns/linear.ts': [],
  // the search tries one alternative after the other: proven one by one, they cost the sum
  'plugins/operations-protocol/src/redact.ts': [
    [secretFieldPattern(['iban', 'customer number']), 'gi'],
    ...SECRET_FORMS.map(form => [form, 'gi']),
  ],
  'plugins/operations-protocol/src/tenant.ts': [
    [HAS_INVISIBLE.source, HAS_INVISIBLE.flags],
  ],
};

/**
 * The patterns that are written as such, and where patterns are put together.
 * @returns {{patterns: Array<{where: string, source: string, flags: string}>, composing: string[]}}
 */
export function patternsOfSources() {
  const patterns = [];
  const composing = new Set();
  for (const file of repositoryFiles(SOURCES)) {
    if (NOT_SHIPPED.test(file)) continue;
    const text = readFileSync(inRoot(file), 'utf8');
    const source = ts.createSourceFile(
      file,
      text,
      ts.ScriptTarget.Latest,
      true,
      file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
    );
    const visit = node => {
      if (ts.isRegularExpressionLiteral(node)) {
        const written = node.getText();
        const end = written.lastIndexOf('/');
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        patterns.push({
          where: `${file}:${line + 1}`,
          source: written.slice(1, end),
          flags: written.slice(end + 1),
        });
      }
      if (
        (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
        node.expression.getText() === 'RegExp'
      ) {
        composing.add(file);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  for (const [file, composed] of Object.entries(COMPOSED)) {
    for (const [source, flags] of composed) {
      patterns.push({ where: file, source, flags });
    }
  }
  return { patterns, composing: [...composing].sort() };
}
