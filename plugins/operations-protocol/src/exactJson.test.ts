import { parseJsonExactly, redactValue, REDACTED_TEXT } from './redact';

describe('JSON that was sent', () => {
  it('[truth.25] keeps the digits of its numbers where secrets are taken out', () => {
    const sent =
      '{"id":1152921506151679042,"amount":1.10,"token":"abc","list":[1e3,-0,7]}';
    const shown = redactValue(parseJsonExactly(sent), {
      isSecret: path => path[0] === 'token',
    });
    expect(JSON.stringify(shown)).toBe(sent.replace('abc', REDACTED_TEXT));
    expect(parseJsonExactly('{"cut": 1')).toBeUndefined();
  });

  it('[truth.25] keeps them in JSON that a text holds, too', () => {
    const text = '{"id":1152921506151679042,"token":"abc"}';
    expect(redactValue(text, { isSecret: path => path[0] === 'token' })).toBe(
      text.replace('abc', REDACTED_TEXT),
    );
  });
});
