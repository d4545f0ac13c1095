import type { Config } from '@backstage/config';
import type { ApprovalRule } from '@craft-easy/backstage-plugin-operations-common';

/** Time for a second person, where the configuration says nothing. */
const DEFAULT_WITHIN_MINUTES = 60;

/** What a rule may look at: an action that is planned and not yet done. */
export interface ActionFacts {
  action: string;
  target: string;
  tenant?: string;
  parameters?: unknown;
  before?: unknown;
}

type Test = (value: unknown) => boolean;

interface Rule {
  matches(facts: ActionFacts): boolean;
  published: ApprovalRule;
}

/** `operations.approvals.actions`: which actions need a second person, on what condition. */
export class ApprovalRules {
  private constructor(
    private readonly rules: Rule[],
    /** whether an agent may approve for the person for whom it acts */
    readonly byAgents: boolean,
  ) {}

  /** @throws Error naming a rule that is not understood: a condition that nobody checks would let the action through */
  static fromConfig(config: Config): ApprovalRules {
    const approvals = config.getOptionalConfig('operations.approvals');
    const within =
      approvals?.getOptionalNumber('withinMinutes') ?? DEFAULT_WITHIN_MINUTES;
    const rules = approvals?.getOptionalConfigArray('actions') ?? [];
    return new ApprovalRules(
      rules.map(rule => {
        const action = rule.getString('action');
        const when = rule.getOptional<Record<string, unknown>>('when') ?? {};
        const tests = Object.entries(when).map(([path, condition]) => ({
          path: path.split('.'),
          test: testOf(condition, `${action}: ${path}`),
        }));
        return {
          published: {
            action,
            description: rule.getOptionalString('description'),
            always: tests.length === 0,
            withinMinutes: rule.getOptionalNumber('withinMinutes') ?? within,
          },
          matches: facts =>
            isNamed(action, facts.action) &&
            tests.every(({ path, test }) => test(valueAt(facts, path))),
        };
      }),
      approvals?.getOptionalBoolean('byAgents') ?? false,
    );
  }

  get published(): ApprovalRule[] {
    return this.rules.map(rule => rule.published);
  }

  /** The rule by which an action needs a second person, if there is one. */
  find(facts: ActionFacts): ApprovalRule | undefined {
    return this.rules.find(rule => rule.matches(facts))?.published;
  }
}

function isNamed(pattern: string, action: string): boolean {
  return pattern.endsWith('.*')
    ? action.startsWith(pattern.slice(0, -1))
    : pattern === action;
}

/**
 * A value stands for itself, a list for any of its values. `{above: n}` stands for numbers above n, and for
 * whatever is not a number, since nobody knows how much that is.
 */
function testOf(condition: unknown, where: string): Test {
  if (Array.isArray(condition)) return value => condition.includes(value);
  if (condition === null || typeof condition !== 'object') {
    return value => value === condition;
  }
  const { above, ...unknown } = condition as { above?: unknown };
  if (typeof above !== 'number' || Object.keys(unknown).length) {
    throw new Error(
      `operations.approvals.actions: ${where}: neither a value, a list of values nor {above: number}`,
    );
  }
  return value => typeof value !== 'number' || value > above;
}

function valueAt(facts: ActionFacts, path: string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      value !== null && typeof value === 'object' && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    facts,
  );
}
