import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  catalogProcessingExtensionPoint,
  type EntityProvider,
} from '@backstage/plugin-catalog-node';
import module from './index';

jest.setTimeout(60_000);

describe('the module', () => {
  it('brings one entity provider, of a name that stays: the catalog drops the entities of a provider that is renamed', async () => {
    const providers: EntityProvider[] = [];
    const backend = await startTestBackend({
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
      features: [module, mockServices.rootConfig.factory({ data: {} })],
    });
    await backend.stop();
    expect(providers.map(p => p.getProviderName())).toEqual(['operations']);
  });
});
