export const parts: readonly string[] = [];

export async function write(
  _part: string,
  _options: { signal: AbortSignal; dryRun: boolean },
): Promise<void> {}
