/**
 * What cannot be seen, or changes how the text around it reads: controls other than a tab and the
 * end of a line, bidirectional marks, zero-width characters, separators of lines, halves of
 * surrogate pairs. A joiner within an emoji and the choice of its look are part of what is seen.
 */
const UNSEEN =
  // eslint-disable-next-line no-control-regex
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d|\u200d(?!\p{Extended_Pictographic})|(?<!\p{Emoji})\ufe0f|(?![\t\n\u200d\ufe0f])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

const FIRST_PRINTABLE = 0x20;
const DELETE = 0x7f;
/** The signs of the controls: U+2400 is the sign of U+0000, and so on. */
const CONTROL_PICTURES = 0x2400;
const DELETE_PICTURE = '\u2421';

/**
 * A text as a person is shown it who decides by it: each character that would mislead them or hide
 * something stands there as a sign, such as `␛` or `⟨U+202E⟩`. Whoever wants the text itself, such
 * as to copy it, takes the original.
 */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, character => {
    const code = character.codePointAt(0) ?? 0;
    if (code < FIRST_PRINTABLE) {
      return String.fromCharCode(CONTROL_PICTURES + code);
    }
    if (code === DELETE) return DELETE_PICTURE;
    const hexadecimal = code.toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${hexadecimal}⟩`;
  });
}
