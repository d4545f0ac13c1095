import { operationsConditions } from '../permissions/jobRules';
import { conditionInWords } from './words';

const { isJobOwner, hasTenant, hasTag } = operationsConditions;

describe('a condition in words', () => {
  it('names what it holds for', () => {
    expect(conditionInWords(isJobOwner({ owners: ['group:default/a'] }))).toBe(
      'jobs owned by group:default/a',
    );
    expect(conditionInWords(hasTenant({ tenants: ['x', 'y'] }))).toBe(
      'what belongs to tenant x or y',
    );
  });

  it('joins what a tree joins, and keeps its groups apart', () => {
    expect(
      conditionInWords({
        anyOf: [
          hasTag({ tags: ['shared'] }),
          {
            allOf: [
              hasTenant({ tenants: ['x'] }),
              { not: isJobOwner({ owners: ['group:default/a'] }) },
            ],
          },
        ],
      }),
    ).toBe(
      'jobs tagged shared or (what belongs to tenant x and all but jobs owned by group:default/a)',
    );
  });

  it('counts where there are too many to name, and says a rule it has no words for by its name', () => {
    const tenants = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(conditionInWords(hasTenant({ tenants }))).toBe(
      'what belongs to tenant a or b or c or d or e or 2 more',
    );
    const resourceType = 'operations-job';
    expect(conditionInWords({ rule: 'NEW', resourceType, params: {} })).toBe(
      'what the rule NEW says',
    );
  });
});
