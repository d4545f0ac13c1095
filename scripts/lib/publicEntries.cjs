/**
 * Loaded before `backstage-repo-tools api-reports`, which reports every entry point of a package.
 * What is under an internal one is not promised to anybody; shapes are reviewed in openapi.json.
 */
const tool = require('@backstage/repo-tools/dist/lib/getPackageExportDetails.cjs.js');

/** Sub-paths for the family's own use. */
const INTERNAL = [
  './endpoints',
  './internal',
  './redis',
  './schedule',
  './signing',
];

const { getPackageExportDetails } = tool;

tool.getPackageExportDetails = manifest => {
  if (typeof manifest.exports !== 'object') {
    return getPackageExportDetails(manifest);
  }
  const entries = Object.entries(manifest.exports);
  return getPackageExportDetails({
    ...manifest,
    exports: Object.fromEntries(
      entries.filter(([path]) => !INTERNAL.includes(path)),
    ),
  });
};
