import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { auditCheckpointSchema } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditCheckpointArchive } from '@craft-easy/backstage-plugin-operations-node';
import { parseJson } from '../../lib/json';

/**
 * Appends checkpoints as lines of JSON to a file, on a volume that database administrators cannot
 * write to.
 */
export function fileArchive(path: string): AuditCheckpointArchive {
  return {
    id: `file:${path}`,
    async write(checkpoint) {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, `${JSON.stringify(checkpoint)}\n`);
    },
    read: async () => {
      const text = await readFile(path, 'utf8').catch(error => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      return text.split('\n').filter(Boolean).flatMap(readLine);
    },
  };
}

/** Skips an incomplete line: a process may have died while writing it. */
function readLine(line: string): AuditCheckpoint[] {
  const parsed = parseJson(auditCheckpointSchema, line);
  return 'data' in parsed ? [parsed.data] : [];
}
