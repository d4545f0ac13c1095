/** What every bench needs: options, a Redis, medians, and an end that tells an error. */

/** The value after `--name`. */
export function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

export function neededRedisUrl(): string {
  const url = process.env.OPERATIONS_TEST_REDIS_URL ?? process.env.REDIS_URL;
  if (!url) throw new Error('OPERATIONS_TEST_REDIS_URL or REDIS_URL is needed');
  return url;
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Ends the process with the bench: what it started and forgot must not keep it alive. */
export function startBench(main: () => Promise<void>): void {
  main().then(
    () => process.exit(),
    error => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
}
