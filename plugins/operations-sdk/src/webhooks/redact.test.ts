import { Redactor } from './redact';

describe('what a receiver has answered', () => {
  it('[webhooks.7] is without a secret that begins with another one, whichever is known first', () => {
    const redactor = new Redactor();
    const secrets = ['1234', '1234-5678', 'a&b c', 'a&b c d'];
    for (const known of [secrets, [...secrets].reverse()]) {
      expect(redactor.text('no 1234-5678, nor 1234', known)).toBe(
        'no [redacted], nor [redacted]',
      );
      expect(redactor.text('a&amp;b c d; a%26b%20c%20d', known)).toBe(
        '[redacted]; [redacted]',
      );
    }
  });

  it('is readable where a header of the endpoint is empty', () => {
    expect(new Redactor().text('no', [''])).toBe('no');
  });
});
