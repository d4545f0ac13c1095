import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { signInPage } from './SignIn';
import { ssoApi } from './ssoApi';

export const signInModule = createFrontendModule({
  pluginId: 'app',
  extensions: [ssoApi, signInPage],
});
