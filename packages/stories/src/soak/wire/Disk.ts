import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { familyOf } from './processFamily';

/** A small disk for a server, which can be filled up. */
export interface Disk {
  /** what it is, for the report */
  readonly kind: 'tmpfs' | 'file-size limit';
  readonly dir: string;
  /** Nothing more can be written, by a process and its children. */
  fill(pid: number): void;
  free(pid: number): void;
  remove(): void;
}

/** A tmpfs where the machine may mount one, or else a limit to the size of the server's files. */
export function makeDisk(dir: string, megabytes: number): Disk {
  mkdirSync(dir, { recursive: true });
  try {
    execFileSync(
      'mount',
      ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', dir],
      { stdio: 'ignore' },
    );
  } catch {
    return limited(dir);
  }
  unmountWhenGone(dir);
  const ballast = join(dir, 'ballast');
  let mounted = true;
  return {
    kind: 'tmpfs',
    dir,
    fill: () => fillWith(ballast),
    free: () => rmSync(ballast, { force: true }),
    remove() {
      if (mounted) execFileSync('umount', ['--lazy', dir]);
      mounted = false;
    },
  };
}

/** A soak that is broken off, even by `kill -9`, leaves no disk behind. */
function unmountWhenGone(dir: string) {
  const wait = `while kill -0 ${process.pid}; do sleep 0.5; done; umount --lazy "$0"`;
  spawn('sh', ['-c', wait, dir], { detached: true, stdio: 'ignore' }).unref();
}

function fillWith(ballast: string) {
  const file = openSync(ballast, 'a');
  try {
    for (const size of [1 << 20, 4_096]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

function limited(dir: string): Disk {
  const limit = (pid: number, bytes: string) => {
    for (const one of familyOf(pid)) {
      try {
        execFileSync('prlimit', ['--pid', String(one), `--fsize=${bytes}`]);
      } catch {
        // it has ended meanwhile
      }
    }
  };
  return {
    kind: 'file-size limit',
    dir,
    fill: pid => limit(pid, '8192'),
    free: pid => limit(pid, 'unlimited'),
    remove: () => {},
  };
}
