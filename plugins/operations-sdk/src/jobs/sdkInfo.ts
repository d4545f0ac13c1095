/** Who writes registrations and worker records. */
export const SDK_INFO = {
  name: '@craft-easy/operations-sdk',
  version: '0.1.0',
  language: 'node',
};
