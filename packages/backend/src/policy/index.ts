import { createBackendFeatureLoader } from '@backstage/backend-plugin-api';
import { holdersModule } from './holders';
import { policyModule } from './module';

/** The policy, and what tells people about it: both read the table in `grants.ts`. */
export default createBackendFeatureLoader({
  *loader() {
    yield policyModule;
    yield holdersModule;
  },
});
