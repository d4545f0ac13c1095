/** A platform process that tells its parent when it heard of a change. Arguments: Redis URL, namespace. */
import { Controls } from '@craft-easy/operations-sdk/controls';
import { monotonicMs, type ReaderMessage } from './clock';

const [url, namespace] = process.argv.slice(2);
const controls = new Controls({ connection: url, namespace });

async function main() {
  await controls.ready;
  const tell = (message: ReaderMessage) => process.send!(message);
  const flags = controls.state('flags');
  flags.onChange(() => {
    const at = monotonicMs();
    tell({ at, value: flags.records.get('flag')?.variants.n });
  });
  tell({ at: monotonicMs() });
}

process.on('disconnect', () => process.exit(0));
main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
