import { createExtensionTester } from '@backstage/frontend-test-utils';
import { coreExtensionData } from '@backstage/frontend-plugin-api';
import { OperationsCapabilityBlueprint } from './capability';

const tab = (path: string) =>
  createExtensionTester(
    OperationsCapabilityBlueprint.make({
      name: 'releases',
      params: {
        path,
        title: 'Releases',
        loader: async () => <p>1.8.3 is out</p>,
      },
    }),
  );

describe('OperationsCapabilityBlueprint', () => {
  it('[portal.7] makes a tab with a path and a title', () => {
    const releases = tab('releases');
    expect(releases.get(coreExtensionData.routePath)).toBe('releases');
    expect(releases.get(coreExtensionData.title)).toBe('Releases');
  });

  it.each(['/releases', 'releases/:id', ''])(
    '[portal.7] refuses the path %p, and says what would be right',
    path => {
      expect(() => tab(path).get(coreExtensionData.routePath)).toThrow(
        `The path of a tab of Operations is one segment, such as releases, without slashes: ${path} is none`,
      );
    },
  );

  it.each(['jobs', 'rate-limits', 'run', 'tenants'])(
    '[portal.7] refuses the path %s, where Operations has pages itself',
    path => {
      expect(() => tab(path).get(coreExtensionData.routePath)).toThrow(
        `The path ${path} is one of Operations itself: give the tab another one`,
      );
    },
  );
});
