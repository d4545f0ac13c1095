import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  catalogProcessingExtensionPoint,
  type EntityProvider,
} from '@backstage/plugin-catalog-node';
import module from './index';

jest.setTimeout(60_000);

const start = (data: Record<string, any>, providers: EntityProvider[] = []) =>
  startTestBackend({
    extensionPoints: [
      [
        catalogProcessingExtensionPoint,
        {
          addEntityProvider: (...added) => providers.push(...added.flat()),
          addProcessor: () => {},
          addPlaceholderResolver: () => {},
          setOnProcessingErrorHandler: () => {},
        },
      ],
    ],
    features: [module, mockServices.rootConfig.factory({ data })],
  });

describe('the module', () => {
  it('[portal.3] refuses a setting that nobody reads', async () => {
    const operations = { owner: 'group:default/platform' };
    await expect(
      start({ catalog: { providers: { operations } } }),
    ).rejects.toThrow(
      'catalog.providers.operations.owner is no setting; known are namespace, namePrefix',
    );
  });

  it('brings one entity provider, of a name that stays: the catalog drops the entities of a provider that is renamed', async () => {
    const providers: EntityProvider[] = [];
    const backend = await start({}, providers);
    await backend.stop();
    expect(providers.map(p => p.getProviderName())).toEqual(['operations']);
  });
});
