import { nonLinearReason } from './linear';

/**
 * Compiles patterns that come from a configuration or from options. They are applied to text that
 * somebody else chooses, so only those are accepted whose time is proven to be in proportion to it.
 * @param key - where the patterns come from, such as `operations.audit.redact`
 * @throws Error naming the key and the reason
 */
export function compilePatterns(
  sources: readonly string[],
  flags: string,
  key: string,
): RegExp[] {
  return sources.map((source, index) => {
    const reason = nonLinearReason(source, flags);
    if (reason !== undefined) {
      throw new Error(
        `${key}[${index}]: the pattern ${JSON.stringify(
          source,
        )} is refused: ${reason}`,
      );
    }
    return new RegExp(source, flags);
  });
}
