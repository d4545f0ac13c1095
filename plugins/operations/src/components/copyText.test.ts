import { copyText } from './copyText';

/** A browser that copies what is selected, as browsers do at `execCommand`. */
function copyingDocument(works: boolean): { copied: string[] } {
  const copied: string[] = [];
  document.execCommand = () => {
    if (!works) throw new Error('copying is switched off');
    copied.push(String(document.getSelection()));
    return true;
  };
  return { copied };
}

describe('copying a text', () => {
  const { clipboard } = navigator;
  const { execCommand } = document;
  const withClipboard = (value: Partial<Clipboard> | undefined) =>
    Object.defineProperty(navigator, 'clipboard', {
      value,
      configurable: true,
    });

  afterEach(() => {
    withClipboard(clipboard);
    document.execCommand = execCommand;
    document.body.replaceChildren();
  });

  it('[truth.25] works over plain http, where there is no clipboard, and leaves selection and focus', async () => {
    withClipboard(undefined);
    const { copied } = copyingDocument(true);
    document.body.innerHTML = '<p>as it was</p><input />';
    const input = document.querySelector('input')!;
    input.focus();
    document.getSelection()!.selectAllChildren(document.querySelector('p')!);
    expect(await copyText('run-1\n  two')).toBe(true);
    expect(copied).toEqual(['run-1\n  two']);
    expect(String(document.getSelection())).toBe('as it was');
    expect(input).toHaveFocus();
    expect(document.querySelector('pre')).toBeNull();
  });

  it('[truth.25] falls back where the clipboard is refused, and says if nothing works', async () => {
    withClipboard({ writeText: async () => Promise.reject(new Error('no')) });
    const { copied } = copyingDocument(true);
    expect(await copyText('x')).toBe(true);
    expect(copied).toEqual(['x']);
    copyingDocument(false);
    expect(await copyText('x')).toBe(false);
  });
});
