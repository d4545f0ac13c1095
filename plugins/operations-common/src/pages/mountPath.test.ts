import { readMountPath } from '.';

const read = (path?: string) =>
  readMountPath({ getOptionalString: () => path });

describe('operations.mountPath', () => {
  it.each([
    [undefined, '/operations'],
    ['/ops', '/ops'],
    ['/tools/ops.v2', '/tools/ops.v2'],
    ['/', ''],
  ])('[portal.5] %p puts the pages at %p', (given, path) => {
    expect(read(given)).toBe(path);
  });

  it.each(['ops', '/ops/', '//evil.example', 'https://x.example/ops', '/a b'])(
    '[portal.3] refuses %p, and says what would be right',
    given => {
      expect(() => read(given)).toThrow(
        /^operations\.mountPath must be the path at which the portal has the page of Operations, such as \/operations, without a slash/,
      );
    },
  );
});
