/**
 * The Python that the platform's service runs on: Debian's packages are installed for this one,
 * which need not be the first on PATH.
 */
import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';

const HERE = resolve(dirname(require.resolve('../../package.json')), 'python');
const LIBRARY = resolve(HERE, '../../../python/src');

const INTERPRETER = process.env.OPERATIONS_PYTHON || '/usr/bin/python3';

/** How the service is started. */
export const PYTHON_SERVICE = {
  command: [INTERPRETER, '-m', 'service'] as [string, ...string[]],
  env: { PYTHONPATH: [HERE, LIBRARY].join(':') },
};

/** Why the service cannot run here; undefined where it can. */
export function pythonProblem(): string | undefined {
  const { status, error } = spawnSync(INTERPRETER, [
    '-c',
    'import redis.asyncio, cryptography, fastapi, uvicorn',
  ]);
  if (error) return `there is no ${INTERPRETER}`;
  return status === 0
    ? undefined
    : `${INTERPRETER} lacks python3-redis, python3-cryptography, python3-fastapi or python3-uvicorn`;
}
