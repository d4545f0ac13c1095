/** A browser for the stories. None is downloaded: the system's is used. */
import { isProgram, which } from './execute.mjs';
import { installSystemPackage } from './systemPackages.mjs';

const HINT =
  'Chromium is needed for the browser stories: install chromium (or Google Chrome), or say where it is with CHROMIUM_PATH=…';

const PACKAGES = {
  apt: ['chromium', 'chromium-browser'],
  apk: ['chromium'],
  dnf: ['chromium'],
};

const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named && isProgram(named)) return named;
  return (
    which(
      'chromium',
      'chromium-browser',
      'google-chrome',
      'google-chrome-stable',
    ) ?? MAC.find(isProgram)
  );
}

export async function ensureChromium() {
  if (!findChromium()) await installSystemPackage('Chromium', PACKAGES, HINT);
  return findChromium();
}
