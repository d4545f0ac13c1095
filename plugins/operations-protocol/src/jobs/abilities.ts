import { z } from 'zod';

/**
 * What may be possible with the jobs of an engine: to run one by hand, to cancel and to retry its
 * runs, to prove that a run comes from its schedule, to read the log of a run, to pause the job.
 */
export const ABILITIES = [
  'run',
  'cancel',
  'retry',
  'scheduleProof',
  'log',
  'pause',
] as const;
/** @public */
export type Ability = (typeof ABILITIES)[number];

/** Whether something is possible, and if not, why: shown wherever the portal must say no. */
const abilityStateSchema = z.discriminatedUnion('able', [
  z.object({ able: z.literal(true) }),
  z.object({
    able: z.literal(false),
    because: z
      .string()
      .trim()
      .min(1)
      .max(300)
      .describe(
        'completes "…, because": who does it instead, or where it is to be found',
      ),
  }),
]);
/** @public */
export type AbilityState = z.infer<typeof abilityStateSchema>;

/** States by ability. What an ability that is left out means is for the place to say. */
export const jobAbilitiesSchema = z.object({
  run: abilityStateSchema.optional(),
  cancel: abilityStateSchema.optional(),
  retry: abilityStateSchema.optional(),
  scheduleProof: abilityStateSchema.optional(),
  log: abilityStateSchema.optional(),
  pause: abilityStateSchema.optional(),
} satisfies Record<Ability, z.ZodType>);
/** @public */
export type JobAbilities = z.infer<typeof jobAbilitiesSchema>;
