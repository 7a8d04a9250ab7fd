const textFields = 'input:not([type=checkbox]):not([type=radio]):not([type=range]):not([type=button]), textarea, select, [contenteditable=""], [contenteditable=true]';
/** Elements that use letters or arrows for themselves. */
const lists = '[role=menu], [role=menuitem], [role=listbox], [role=combobox], [role=tree], [role=grid]';
/** Elements that a space or Enter presses. */
const pressed = 'button, a[href], summary, input, [role=button], [role=checkbox], [role=radio], [role=switch], [role=tab], [role=option], [role=slider], video, audio';
/** Elements that arrows move. */
const moved = '[role=slider], [role=radio], [role=tab], [role=separator], input, video, audio';

/** Return whether the focused element needs a key for itself. */
export function belongsToFocus(key: string, focus: Element | null): boolean {
  if (focus === null) return false;
  if (focus.closest(textFields) !== null || focus.closest(lists) !== null) return true;
  if (key === ' ' || key === 'Enter') return focus.matches(pressed);
  if (key.startsWith('Arrow') || key === 'Home' || key === 'End' || key === 'PageUp' || key === 'PageDown') return focus.matches(moved);
  return false;
}
