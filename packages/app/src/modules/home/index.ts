import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { homeLayout, quickLinksWidget } from './extensions';

export const homeModule = createFrontendModule({
  pluginId: 'home',
  extensions: [homeLayout, quickLinksWidget],
});
