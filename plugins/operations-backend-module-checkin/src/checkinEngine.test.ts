import { describeJobEngine } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { mockServices } from '@backstage/backend-test-utils';
import { CHECKIN_ABILITIES, createCheckinEngine } from './checkinEngine';
import { readCheckinSettings } from './settings';

const settings = readCheckinSettings(mockServices.rootConfig());

describeJobEngine('checkin', CHECKIN_ABILITIES, () => ({
  engine: createCheckinEngine(settings, { known: async () => undefined }),
  close: async () => {},
}));
