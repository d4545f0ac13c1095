/** Ends in good order on SIGTERM and SIGINT; the second signal, or ten seconds, end it at once. */
export function onStop(stop: () => Promise<unknown>): void {
  let stopping = false;
  const end = () => {
    if (stopping) {
      process.exit(1);
    }
    stopping = true;
    setTimeout(() => process.exit(1), 10_000).unref();
    stop().then(
      () => process.exit(0),
      error => {
        process.stderr.write(`${error.stack ?? error}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
