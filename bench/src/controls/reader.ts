/** A platform process that tells its parent when it heard of a change. Arguments: Redis URL, namespace. */
import { performance } from 'node:perf_hooks';
import { Controls } from '@craft-easy/operations-sdk/controls';

const [url, namespace] = process.argv.slice(2);
const controls = new Controls({ connection: url, namespace });

async function main() {
  await controls.ready;
  controls.state('flags').onChange(() => {
    process.send!(performance.timeOrigin + performance.now());
  });
  process.send!('ready');
}

process.on('disconnect', () => process.exit(0));
main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
