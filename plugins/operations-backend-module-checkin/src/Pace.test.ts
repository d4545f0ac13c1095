import { Pace } from './Pace';

describe('the pace of reports', () => {
  it('lets a minute’s worth come at once, and then says when the next one is taken', () => {
    let now = 0;
    const pace = new Pace(3, () => now);
    for (let i = 0; i < 3; i++) pace.count('a', 's');
    expect(() => pace.count('a', 's')).toThrow(
      'The job a may report 3 times a minute; try again in 20 s',
    );
    pace.count('b', 's');
    pace.count('a', 'another');
    now = 20_000;
    pace.count('a', 's');
    expect(() => pace.count('a', 's')).toThrow(/try again/);
  });
});
