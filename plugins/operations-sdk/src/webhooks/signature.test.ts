import { signWebhook } from './signature';
import { verifiers } from './__testUtils__/verifiers';

const secret = (byte: number, length = 32) =>
  `whsec_${Buffer.alloc(length, byte).toString('base64')}`;
const body = '{"payment":"pay_1","amount":"1 €"}';

describe('signWebhook', () => {
  it.each([24, 32, 64])(
    '[webhooks.1] signs so that standardwebhooks and svix verify, with a secret of %i bytes',
    length => {
      const key = secret(7, length);
      const headers = signWebhook({ id: 'msg_1', body, secrets: [key] });
      expect(verifiers(key, body, { ...headers })).toEqual([true, true]);
    },
  );

  it('[webhooks.1] signs with all secrets of a rotation: who knows either verifies, who knows neither does not', () => {
    const headers = signWebhook({
      id: 'msg_1',
      body,
      secrets: [secret(1), secret(2)],
    });
    const verified = (key: string, text = body) =>
      verifiers(key, text, { ...headers });
    expect(verified(secret(1))).toEqual([true, true]);
    expect(verified(secret(2))).toEqual([true, true]);
    expect(verified(secret(3))).toEqual([false, false]);
    expect(verified(secret(1), `${body} `)).toEqual([false, false]);
  });

  it.each([
    [`v1,${secret(1)}`, 'has a version before it'],
    [`v1a,${secret(1)}`, 'has a version before it'],
    [`"${secret(1)}"`, 'is no base64'],
    [`${secret(1)},${secret(2)}`, 'is no base64'],
    [`whsk_${secret(1).slice(6)}`, 'is no base64'],
    [`whsec_${'ab-_'.repeat(10)}`, 'is no base64'],
    [`whsec_${'a'.repeat(41)}`, 'is no base64'],
    [secret(1, 23), 'has 23'],
    [secret(1, 65), 'has 65'],
    ['whsec_', 'has 0'],
    ['', 'has 0'],
  ])(
    '[guarantees.7] signs with no other key than the receiver has: %j is refused, and not repeated',
    (given, problem) => {
      const sign = () => signWebhook({ id: 'a', body, secrets: [given] });
      expect(sign).toThrow(problem);
      const shown = given.slice(6, 16) || 'no secret';
      expect(sign).toThrow(
        expect.objectContaining({
          message: expect.not.stringContaining(shown),
        }),
      );
    },
  );

  it('[guarantees.7] takes whatever is base64', () => {
    const hex = `whsec_${Buffer.alloc(32, 7).toString('hex').slice(0, 64)}`;
    const headers = signWebhook({ id: 'a', body, secrets: [hex] });
    expect(verifiers(hex, body, { ...headers })).toEqual([true, true]);
  });

  it('[guarantees.7] takes a secret with the white space that was pasted with it', () => {
    const headers = signWebhook({
      id: 'msg_1',
      body,
      secrets: [` ${secret(1)}\n`, `\t${secret(2).slice(6)} `],
    });
    for (const key of [secret(1), secret(2)]) {
      expect(verifiers(key, body, { ...headers })).toEqual([true, true]);
    }
  });

  it('refuses an id with a dot and secrets that are too short, without repeating them', () => {
    expect(() =>
      signWebhook({ id: 'a.b', body, secrets: [secret(1)] }),
    ).toThrow('dot');
    const short = secret(1, 16);
    expect(() => signWebhook({ id: 'a', body, secrets: [short] })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(short) }),
    );
  });
});
