import type { KeyboardEvent } from 'react';

/** Moves the focus between the controls of a group on the left and right arrow keys. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const forward = event.key === 'ArrowRight';
  if (!forward && event.key !== 'ArrowLeft') return;
  const from = document.activeElement;
  const to = forward ? from?.nextElementSibling : from?.previousElementSibling;
  // beyond the ends, the keys are those of the row around it
  if (!(to instanceof HTMLElement)) return;
  event.preventDefault();
  event.stopPropagation();
  to.focus();
}

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  Home: -Infinity,
  End: Infinity,
};

/** Moves the focus between the inputs of a menu on the up and down arrow keys, Home and End. */
export function moveInMenu(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  if (step === undefined) return;
  const inputs = [...event.currentTarget.querySelectorAll('input')];
  const at = inputs.indexOf(document.activeElement as HTMLInputElement);
  // within a text they are the text's own
  if (!Number.isFinite(step) && inputs[at]?.type === 'text') return;
  const to = Math.max(0, Math.min(inputs.length - 1, at + step));
  event.preventDefault();
  inputs[to]?.focus();
}

/**
 * Puts the focus at the head of what is in front, where what had it is gone: else the next Tab
 * would begin at the top of the portal.
 */
export function findFocus(): void {
  const at = document.activeElement;
  if (at && at !== document.body) return;
  const heads = [
    ...document.querySelectorAll<HTMLElement>(
      '[class*="OperationsRoot-root"] h2',
    ),
  ].filter(head => !head.closest('[aria-hidden=true]'));
  const head = heads.find(one => one.closest('[role=dialog]')) ?? heads[0];
  if (!head) return;
  head.tabIndex = -1;
  head.style.outline = 'none';
  head.focus();
}
