import type { UserEvent } from '@testing-library/user-event';

/** Puts a text into a field at once: typing it, key by key, renders a page once for each. */
export async function fill(user: UserEvent, field: Element, text: string) {
  await user.click(field);
  await user.paste(text);
}
