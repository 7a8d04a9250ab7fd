/** A combination of keys, such as `mod+k`, `/`, `Space` or `alt+ArrowLeft`. `mod` is Command on a Mac, else Ctrl. */
interface Combination {
  key: string;
  mod: boolean;
  alt: boolean;
  shift: boolean;
}

/** What of a keyboard event decides. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

export function combinationOf(text: string): Combination {
  const parts = text === '+' ? ['+'] : text.split('+');
  const key = parts.at(-1) ?? '';
  const has = (modifier: string) => parts.slice(0, -1).includes(modifier);
  return { key: key === 'Space' ? ' ' : key, mod: has('mod'), alt: has('alt'), shift: has('shift') };
}

/** Return whether a key press is the combination. Shift counts only for keys that are not signs. */
export function matches(combination: Combination, press: KeyPress): boolean {
  const sign = combination.key.length === 1;
  return (
    (sign ? press.key.toLowerCase() : press.key) === (sign ? combination.key.toLowerCase() : combination.key) &&
    (press.ctrlKey || press.metaKey) === combination.mod &&
    press.altKey === combination.alt &&
    (press.shiftKey === combination.shift || (sign && !/[a-z ]/i.test(combination.key)))
  );
}

/** Return whether a combination is one sign without Ctrl, Command or Alt. A reader can turn these off. */
export function isSingleKey({ key, mod, alt }: Combination): boolean {
  return key.length === 1 && !mod && !alt;
}

const names: Record<string, string> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** Write a combination as a reader sees it on the keyboard, such as `Ctrl K`. */
export function keysInWords(text: string): string {
  const { key, mod, alt, shift } = combinationOf(text);
  const parts = [mod && (isMac ? '⌘' : 'Ctrl'), alt && 'Alt', shift && 'Shift', names[key] ?? (key.length === 1 && mod ? key.toUpperCase() : key)];
  return parts.filter((part) => part !== false).join(' ');
}
