import { asShown } from './asShown';

const MISLEADING = 'ok\u202e\u001b[2Jko';
const SIGNS = 'ok⟨U+202E⟩␛[2Jko';

describe('[guarantees.6] an answer as a page shows it', () => {
  it('has signs in every text at any depth', () => {
    expect(
      asShown({ items: [{ reason: MISLEADING, n: 1 }], title: MISLEADING }),
    ).toEqual({ items: [{ reason: SIGNS, n: 1 }], title: SIGNS });
  });

  it('keeps what a form gives back, and the meaning of a schema', () => {
    const parameters = { note: MISLEADING };
    const property = {
      title: MISLEADING,
      description: MISLEADING,
      pattern: MISLEADING,
      default: { title: MISLEADING },
      enum: [MISLEADING],
    };
    expect(
      asShown({ parameters, parametersSchema: { properties: { property } } }),
    ).toEqual({
      parameters,
      parametersSchema: {
        properties: {
          property: { ...property, title: SIGNS, description: SIGNS },
        },
      },
    });
  });

  it('is the same object where nothing misleads', () => {
    const answer = { items: [{ reason: 'Återställt 🚑', at: null }], n: 1 };
    expect(asShown(answer)).toBe(answer);
  });
});
