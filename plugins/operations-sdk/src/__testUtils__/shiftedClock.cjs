/*
 * Gives a process a machine's clock that is wrong, as libfaketime does: Date is off by SHIFT_MS,
 * and by what a message { shiftMs } says from then on. The monotonic clock is left alone. Loaded
 * with --require.
 */
const RealDate = Date;
let shiftMs = Number(process.env.SHIFT_MS ?? 0);

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

process.on('message', message => {
  if (message && typeof message.shiftMs === 'number') {
    shiftMs = message.shiftMs;
    process.send({ shifted: shiftMs });
  }
});
