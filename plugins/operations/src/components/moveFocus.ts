import type { KeyboardEvent } from 'react';

/** Moves the focus between the controls of a group on the left and right arrow keys. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const forward = event.key === 'ArrowRight';
  if (!forward && event.key !== 'ArrowLeft') return;
  const from = document.activeElement;
  const to = forward ? from?.nextElementSibling : from?.previousElementSibling;
  event.preventDefault();
  if (to instanceof HTMLElement) to.focus();
}
