import { TenantScope } from './TenantScope';

interface Condition {
  tenants: string[];
}
const of = (criteria: Parameters<typeof TenantScope.of<Condition>>[0]) =>
  TenantScope.of<Condition>(criteria, condition => condition.tenants);
const tenants = ['a', 'b', 'c', 'd'];
const covered = (scope: TenantScope) => tenants.filter(t => scope.covers(t));

describe('TenantScope', () => {
  it('comes down to the same tenants as the tree of conditions', () => {
    const ab = { tenants: ['a', 'b'] };
    const bc = { tenants: ['b', 'c'] };
    expect(covered(of(ab))).toEqual(['a', 'b']);
    expect(covered(of({ allOf: [ab, bc] }))).toEqual(['b']);
    expect(covered(of({ anyOf: [ab, bc] }))).toEqual(['a', 'b', 'c']);
    expect(covered(of({ not: ab }))).toEqual(['c', 'd']);
    expect(covered(of({ allOf: [{ not: ab }, { not: bc }] }))).toEqual(['d']);
    expect(covered(of({ anyOf: [{ not: ab }, { tenants: ['a'] }] }))).toEqual([
      'a',
      'c',
      'd',
    ]);
    expect(covered(of({ allOf: [bc, { not: ab }] }))).toEqual(['c']);
    expect(covered(of({ not: { anyOf: [ab, { not: bc }] } }))).toEqual(['c']);
  });

  it('knows everything and nothing', () => {
    expect(covered(TenantScope.everything)).toEqual(tenants);
    expect(covered(TenantScope.nothing)).toEqual([]);
    expect(TenantScope.nothing.not().isEverything).toBe(true);
  });
});
