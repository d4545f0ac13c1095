/**
 * Copies a text, and says whether that worked. Browsers have no clipboard for pages of plain http;
 * there the text is copied as if it had been selected.
 */
export async function copyText(text: string): Promise<boolean> {
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (clipboard) {
    try {
      await clipboard.writeText(text);
      return true;
    } catch {
      // not allowed here: the older way may be
    }
  }
  return copySelected(text);
}

function copySelected(text: string): boolean {
  const place = document.createElement('pre');
  place.textContent = text;
  Object.assign(place.style, { position: 'fixed', top: '0', opacity: '0' });
  const onCopy = (event: ClipboardEvent) => {
    if (!event.clipboardData) return;
    event.preventDefault();
    event.stopPropagation();
    event.clipboardData.setData('text/plain', text);
  };
  place.addEventListener('copy', onCopy);
  const selection = document.getSelection();
  const before = selection?.rangeCount ? selection.getRangeAt(0) : undefined;
  document.body.append(place);
  try {
    // A range, not a field with focus: a dialog would take that back at once.
    selection?.removeAllRanges();
    const range = document.createRange();
    range.selectNodeContents(place);
    selection?.addRange(range);
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    place.remove();
    selection?.removeAllRanges();
    if (before) selection?.addRange(before);
  }
}
