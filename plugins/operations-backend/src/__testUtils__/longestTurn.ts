/** Milliseconds of the processor that this thread has used: other processes do not lengthen it. */
function used(): number {
  const { user, system } =
    (
      process as typeof process & {
        /** from Node 23.9 on */
        threadCpuUsage?: () => NodeJS.CpuUsage;
      }
    ).threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * For how long at most the event loop was held at once while something was done, in milliseconds
 * of the processor.
 */
export async function longestTurn(
  act: () => Promise<unknown>,
): Promise<number> {
  let longest = 0;
  let isOver = false;
  let last = used();
  const turn = () => {
    const now = used();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await act();
  isOver = true;
  turn();
  return longest;
}
