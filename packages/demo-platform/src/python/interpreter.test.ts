import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('whether the service in Python can run here', () => {
  const before = process.env.OPERATIONS_PYTHON;
  const folder = mkdtempSync(join(tmpdir(), 'interpreter-'));

  afterEach(() => {
    if (before === undefined) delete process.env.OPERATIONS_PYTHON;
    else process.env.OPERATIONS_PYTHON = before;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What is said of a program; it is read from the environment when the module is loaded. */
  function problemOf(program: string): string | undefined {
    process.env.OPERATIONS_PYTHON = program;
    let problem: string | undefined;
    jest.isolateModules(() => {
      problem = require('./interpreter').pythonProblem();
    });
    return problem;
  }

  it('says that there is no Python', () => {
    expect(problemOf('/nowhere/python3')).toBe('there is no /nowhere/python3');
  });

  it('names the packages that a Python lacks', () => {
    const program = join(folder, 'python3');
    writeFileSync(program, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(problemOf(program)).toBe(
      `${program} lacks python3-redis, python3-cryptography, python3-fastapi or python3-uvicorn`,
    );
  });
});
