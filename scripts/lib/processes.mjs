/**
 * Long-running processes: each in a group of its own, with its output in a file. All end with
 * this process.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Sentence } from './log.mjs';
import { signalGroup } from './processId.mjs';
import { noteOwnProcess } from './strays.mjs';

/** How long a process may take to end by itself. */
const GRACE_MS = 8_000;
/** How long to wait for the rest of an ended process's output. */
const LAST_WORDS_MS = 500;
const TAIL_LINES = 30;

export class Processes {
  #logDir;
  #running = [];
  #stopping = false;

  /** @param {string} logDir - where `<name>.log` of each is written */
  constructor(logDir) {
    this.#logDir = logDir;
    mkdirSync(logDir, { recursive: true });
  }

  get logDir() {
    return this.#logDir;
  }

  /** Process ids of what runs now. */
  get pids() {
    return this.#running.map(({ pid }) => pid);
  }

  /**
   * Starts a process. What it started itself is stopped with it.
   * @param {string} name - also of its log file
   * @param {string} command
   * @param {string[]} args
   * @param {{cwd?: string, env?: NodeJS.ProcessEnv, uid?: number, gid?: number, stopSignal?:
   *   NodeJS.Signals}} [options]
   */
  start(name, command, args, options = {}) {
    const { stopSignal = 'SIGTERM', ...rest } = options;
    const child = spawn(command, args, {
      ...rest,
      stdio: ['ignore', 'pipe', 'pipe'],
      // a group of its own: Ctrl-C reaches this process alone, which ends the group as a whole
      detached: true,
    });
    const handle = new Handle(name, child, stopSignal, this.#logDir);
    if (child.pid) noteOwnProcess(child.pid);
    this.#running.push(handle);
    handle.exited.then(() => {
      this.#running = this.#running.filter(other => other !== handle);
    });
    return handle;
  }

  /**
   * Rejects, with a sentence and the last lines of output, when any process ends that nobody
   * stopped.
   */
  unexpectedEnd() {
    return Promise.race(
      this.#running.map(handle =>
        handle.exited.then(how => {
          if (this.#stopping || handle.stopped) return new Promise(() => {});
          throw new Sentence(
            `${handle.tail()}\n\n${handle.name} ended (${how}). Its log is ${
              handle.logFile
            }.`,
          );
        }),
      ),
    );
  }

  /**
   * Stops everything, the youngest first: a process depends on those that were started before it.
   */
  async stopAll() {
    this.#stopping = true;
    for (const handle of [...this.#running].reverse()) await handle.stop();
  }

  /** For when there is no time left. */
  killAll() {
    for (const handle of this.#running) handle.signalGroup('SIGKILL');
  }
}

class Handle {
  #child;
  #stopSignal;
  #lines = [];
  #rest = '';
  #watchers = new Set();

  constructor(name, child, stopSignal, logDir) {
    this.name = name;
    this.pid = child.pid;
    this.stopped = false;
    this.logFile = join(logDir, `${name}.log`);
    this.#child = child;
    this.#stopSignal = stopSignal;
    const log = createWriteStream(this.logFile);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', text => {
        log.write(text);
        this.#take(text);
      });
    }
    /** Says how it ended. */
    this.exited = new Promise(resolve => {
      child.on('error', error => resolve(error.message));
      child.on('close', () => log.end());
      child.on('exit', (code, signal) => {
        const how = signal || `exit code ${code}`;
        // its last words are still in the pipe; a child of its own may keep the pipe open for ever
        child.on('close', () => resolve(how));
        setTimeout(() => resolve(how), LAST_WORDS_MS).unref();
      });
    });
  }

  #take(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) {
      this.#lines.push(line);
      for (const watcher of this.#watchers) watcher(line);
    }
    this.#lines = this.#lines.slice(-TAIL_LINES);
  }

  tail() {
    return [...this.#lines, this.#rest].join('\n').trim();
  }

  /** The first line that matches. Rejects when the process ends before, or after the time-out. */
  line(pattern, timeoutMs) {
    return new Promise((resolve, reject) => {
      const fail = why =>
        reject(
          new Sentence(
            `${this.tail()}\n\n${this.name} ${why}. Its log is ${
              this.logFile
            }.`,
          ),
        );
      const timer = setTimeout(
        () => fail(`was not ready after ${Math.round(timeoutMs / 1000)} s`),
        timeoutMs,
      );
      const watcher = line => {
        if (!pattern.test(line)) return;
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve(line);
      };
      this.#watchers.add(watcher);
      this.#lines.forEach(watcher);
      this.exited.then(how => {
        clearTimeout(timer);
        fail(`ended (${how})`);
      });
    });
  }

  signalGroup(signal) {
    signalGroup(this.pid, signal);
  }

  async stop(signal = this.#stopSignal, graceMs = GRACE_MS) {
    if (!this.pid) return;
    this.stopped = true;
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal);
    }
    const timer = setTimeout(() => this.signalGroup('SIGKILL'), graceMs);
    await this.exited;
    clearTimeout(timer);
    // children that outlived it
    this.signalGroup('SIGKILL');
  }
}
