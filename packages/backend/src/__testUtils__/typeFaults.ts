import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { ROOT, type CodeBlock } from './codeBlocks';

/** What a reader of the documents has of their own: an app, tenants, a cache … */
const READER = join(__dirname, 'reader');

/** The file of a new portal into which a block is pasted that begins with its name. */
const PASTED_INTO: Record<string, string> = {
  'packages/backend/src/index.ts':
    "import { createBackend } from '@backstage/backend-defaults'; const backend = createBackend();",
};

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  jsx: ts.JsxEmit.ReactJSX,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  esModuleInterop: true,
  resolveJsonModule: true,
  types: ['node'],
};

/** Where a block stands: at the path that its first line names, else in a folder of a reader. */
function pathOf({ at, text }: CodeBlock): string {
  const [, named] = /^\/\/ ((?:plugins)\/\S+)\//.exec(text) ?? [];
  const name = `${at.replaceAll(/\W/g, '-')}.tsx`;
  return join(named ? join(ROOT, named) : READER, name);
}

function pasted({ text }: CodeBlock): string {
  const [, file] = /^\/\/ (\S+)/.exec(text) ?? [];
  const before = PASTED_INTO[file];
  return before ? `${before} ${text.replace(/^.*/, '')}` : text;
}

/**
 * What TypeScript says of blocks as a reader pastes them, under `strict`, by where the block
 * stands. A relative import of what the repository has not is the reader's own.
 */
export function typeFaults(blocks: CodeBlock[]): Map<CodeBlock, string[]> {
  const files = new Map(blocks.map(block => [pathOf(block), block]));
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists, readFile } = host;
  const text = (file: string) => {
    const block = files.get(file);
    return block && pasted(block);
  };
  host.fileExists = file => files.has(file) || fileExists(file);
  host.readFile = file => text(file) ?? readFile(file);
  host.getSourceFile = (file, language, ...rest) => {
    const code = text(file);
    return code === undefined
      ? getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, code, language);
  };
  host.resolveModuleNameLiterals = (literals, file, _redirect, options) =>
    literals.map(({ text: name }) => {
      const own = join(READER, `${name.split('/').pop()}.ts`);
      const isOwn =
        name.startsWith('.') &&
        files.has(file) &&
        !['.ts', '.tsx', '/index.ts'].some(end =>
          existsSync(resolve(dirname(file), name) + end),
        ) &&
        existsSync(own);
      return isOwn
        ? { resolvedModule: { resolvedFileName: own, extension: '.ts' } }
        : ts.resolveModuleName(name, file, options, host);
    });
  const program = ts.createProgram([...files.keys()], OPTIONS, host);
  return new Map(
    [...files].map(([file, block]) => {
      const source = program.getSourceFile(file)!;
      const said = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
      return [
        block,
        said.map(({ messageText, start = 0 }) => {
          const { line } = source.getLineAndCharacterOfPosition(start);
          const message = ts.flattenDiagnosticMessageText(messageText, ' ');
          return `line ${line + 1}: ${message}`;
        }),
      ];
    }),
  );
}
