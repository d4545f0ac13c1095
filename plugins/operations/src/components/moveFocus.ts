import type { KeyboardEvent } from 'react';

/** Moves the focus between the controls of a group by the left and right arrows. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const forward = event.key === 'ArrowRight';
  if (!forward && event.key !== 'ArrowLeft') return;
  const from = document.activeElement;
  const to = forward ? from?.nextElementSibling : from?.previousElementSibling;
  event.preventDefault();
  if (to instanceof HTMLElement) to.focus();
}
