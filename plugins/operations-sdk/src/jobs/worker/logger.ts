/** Where a worker says what concerns its operator, not a run. @public */
export interface WorkerLogger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Warnings and errors go to stderr; nothing else is said. */
export const stderrLogger: WorkerLogger = {
  info: () => {},
  warn: message => process.stderr.write(`${message}\n`),
  error: message => process.stderr.write(`${message}\n`),
};
