export { tenantProblem } from '@craft-easy/backstage-plugin-operations-protocol/internal';
