import { whatIf } from './preview';

const MINUTE = 60_000;
const client = (...minutes: Array<[passed: number, refused: number]>) =>
  minutes.map(([passed, refused], i) => ({ at: i * MINUTE, passed, refused }));

describe('the estimate of an override', () => {
  it('[guarantees.7] promises of a window of an hour what the limiter admits', () => {
    const asked = client([0, 0], [10, 90], [0, 0], [0, 60]);
    const becomes = { limit: 50, windowSeconds: 3600 };
    expect(whatIf([asked], becomes)).toEqual({
      wouldHavePassed: 40,
      wouldHaveBeenRefused: 0,
    });
  });

  it('begins a new window with the first request after one has ended', () => {
    const asked = client([2, 3], [0, 0], [2, 3], [0, 0], [0, 5]);
    const becomes = { limit: 4, windowSeconds: 120 };
    expect(whatIf([asked], becomes).wouldHavePassed).toBe(2 + 2 + 4);
  });

  it('takes windows that are shorter than a minute as one after the other', () => {
    const becomes = { limit: 10, windowSeconds: 10 };
    expect(whatIf([client([30, 50])], becomes).wouldHavePassed).toBe(30);
    expect(whatIf([client([30, 50])], undefined).wouldHavePassed).toBe(50);
  });
});
