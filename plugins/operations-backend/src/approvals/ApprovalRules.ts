import type { Config } from '@backstage/config';
import type { ApprovalRule } from '@craft-easy/backstage-plugin-operations-common/internal';

/** Time that a second person has, unless the configuration sets it. */
const DEFAULT_WITHIN_MINUTES = 60;

/** What a rule can test: an action that is planned and not yet performed. */
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
    /** entity references of those who are notified; absent: those who may decide */
    readonly notify: string[] | undefined,
  ) {}

  /**
   * @throws Error naming a rule that is not understood. Ignoring an unknown condition would let
   *   the action through without an approval.
   */
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
      approvals?.getOptionalStringArray('notify'),
    );
  }

  get published(): ApprovalRule[] {
    return this.rules.map(rule => rule.published);
  }

  /** Finds the rule that requires a second person for an action. */
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
 * A value matches itself; a list matches any of its values. `{above: n}` matches numbers above n,
 * and also anything that is not a number: an unknown amount may be a large one.
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
