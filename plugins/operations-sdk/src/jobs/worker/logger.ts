import { having } from '../../checked';

/** Where a worker logs what concerns its operator and not a run. @public */
export interface WorkerLogger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What has the methods of a logger, such as `console`. */
export const loggerForm = having(
  'a logger with info(), warn() and error()',
  'info',
  'warn',
  'error',
);

/** Warnings and errors go to stderr; the rest is dropped. */
export const stderrLogger: WorkerLogger = {
  info: () => {},
  warn: message => process.stderr.write(`${message}\n`),
  error: message => process.stderr.write(`${message}\n`),
};
