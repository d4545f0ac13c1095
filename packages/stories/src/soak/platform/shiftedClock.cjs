/*
 * Gives a process a machine's clock that is wrong, as libfaketime does: on SIGUSR2, Date is off by
 * as many milliseconds as the file SOAK_SHIFT_FILE says. The monotonic clock is left alone. Loaded
 * with --require.
 */
const { readFileSync } = require('node:fs');

const RealDate = Date;
let shiftMs = 0;

class ShiftedDate extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shiftMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + shiftMs;
  }
}
Reflect.set(globalThis, 'Date', ShiftedDate);

process.on('SIGUSR2', () => {
  shiftMs = Number(readFileSync(process.env.SOAK_SHIFT_FILE, 'utf8'));
});
