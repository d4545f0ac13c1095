/**
 * A platform process that reports to its parent when a change has reached it.
 * Arguments: Redis URL, namespace.
 */
import { Controls } from '@craft-easy/operations-sdk/controls';
import { monotonicMs, type ReaderMessage } from './clock';

const [url, namespace] = process.argv.slice(2);
const controls = new Controls({ connection: url, namespace });

async function main() {
  await controls.ready;
  const send = (message: ReaderMessage) => process.send!(message);
  const flags = controls.state('flags');
  flags.onChange(() => {
    const at = monotonicMs();
    send({ at, value: flags.records.get('flag')?.variants.n });
  });
  send({ at: monotonicMs() });
}

process.on('disconnect', () => process.exit(0));
main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
