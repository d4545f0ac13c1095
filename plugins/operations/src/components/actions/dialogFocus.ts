/** What takes text or a choice; MUI's select has a hidden input beside what is seen. */
const FIELDS = [
  'input:not([type=hidden]):not([aria-hidden=true]):not(:disabled)',
  'textarea:not([readonly]):not([aria-hidden=true]):not(:disabled)',
  '[role=button][aria-haspopup=listbox]:not([aria-disabled=true])',
].join(', ');

/** Puts the focus into the first field of a form, unless a field has it. */
export function focusFirstField(form: HTMLElement): void {
  const at = document.activeElement;
  if (at && form.contains(at) && at.matches(FIELDS)) return;
  // not all who answer a list of selectors answer in the order of the document
  const fields = [...form.querySelectorAll<HTMLElement>('*')].filter(element =>
    element.matches(FIELDS),
  );
  (fields.find(isWhole) ?? fields[0])?.focus();
}

/** Whether a checkbox or switch has the part by which Material UI shows that it has the focus. */
function isWhole(field: HTMLElement): boolean {
  const button = field.closest('.MuiButtonBase-root');
  return !button || button.querySelector('.MuiTouchRipple-root') !== null;
}

/** Puts the focus into the first field with a problem; false if no field shows one. */
export function focusFirstProblem(form: HTMLElement): boolean {
  const wrong = form.querySelector<HTMLElement>(
    '[aria-invalid=true], .Mui-error',
  );
  if (!wrong) return false;
  const field = wrong.matches(FIELDS)
    ? wrong
    : wrong.closest('.MuiFormControl-root')?.querySelector<HTMLElement>(FIELDS);
  field?.focus();
  return field !== undefined && field !== null;
}
