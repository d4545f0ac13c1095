/** What a soak is started with; scripts/soak.mjs passes its options on in the environment. */

/** Where the platform and the portal keep what they keep. */
const VARIANTS = ['sentinel', 'cluster', 'sqlite'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface SoakOptions {
  minutes: number;
  /** the same seed makes the same plan of faults */
  seed: number;
  variant: Variant;
}

/** @throws Error that names the option which is wrong */
export function readOptions(env: NodeJS.ProcessEnv): SoakOptions {
  const number = (name: string, otherwise: number) => {
    const text = env[name] ?? String(otherwise);
    const value = Number(text);
    if (!(value > 0))
      throw new Error(`${name}: "${text}" is no number above 0`);
    return value;
  };
  const variant = (env.SOAK_VARIANT ?? 'sentinel') as Variant;
  if (!VARIANTS.includes(variant)) {
    throw new Error(
      `SOAK_VARIANT: "${variant}" is none of ${VARIANTS.join(', ')}`,
    );
  }
  return {
    minutes: number('SOAK_MINUTES', 20),
    seed: Math.floor(number('SOAK_SEED', 1 + (Date.now() % 1_000_000))),
    variant,
  };
}
