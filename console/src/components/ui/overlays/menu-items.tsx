import { Menu } from '@base-ui/react/menu';
import type { LucideIcon } from 'lucide-react';
import { Check } from 'lucide-react';

import { popupItemLook } from './popup-look';

/** Something to do. */
interface ActionEntry {
  kind?: 'action';
  label: string;
  onSelect: () => void;
  icon?: LucideIcon;
  /** The keys that do the same, such as "m". */
  keys?: string;
  /** Whether something is lost by it. */
  danger?: boolean;
  disabled?: boolean;
}

/** An address to open. Use it for pages outside the router, such as the documentation. */
interface LinkEntry {
  kind: 'link';
  label: string;
  href: string;
  icon?: LucideIcon;
}

/** A choice of one among several. */
interface ChoiceEntry {
  kind: 'choice';
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

/** A line between groups, of entries. */
interface GroupEntry {
  kind: 'separator';
}

/** A text that is no action, such as the name of the key. */
interface TextEntry {
  kind: 'text';
  label: string;
  detail?: string;
}

export type MenuEntry = ActionEntry | LinkEntry | ChoiceEntry | GroupEntry | TextEntry;

/** The lines of a menu. */
export function MenuItems({ entries }: { entries: readonly MenuEntry[] }) {
  return entries.map((entry, place) => <MenuLine key={keyOf(entry, place)} entry={entry} />);
}

function keyOf(entry: MenuEntry, place: number): string {
  return entry.kind === 'separator' ? `separator ${place}` : `${entry.kind ?? 'action'} ${entry.label}`;
}

function MenuLine({ entry }: { entry: MenuEntry }) {
  switch (entry.kind) {
    case 'separator':
      return <Menu.Separator className="-mx-1 my-1 h-px bg-line" />;
    case 'text':
      return (
        <div className="px-2 py-1">
          <p className="truncate font-medium" title={entry.label}>
            {entry.label}
          </p>
          {entry.detail !== undefined && <p className="text-xs text-ink-soft">{entry.detail}</p>}
        </div>
      );
    case 'link':
      return (
        <Menu.LinkItem href={entry.href} className={popupItemLook}>
          {entry.icon !== undefined && <entry.icon size={16} aria-hidden />}
          {entry.label}
        </Menu.LinkItem>
      );
    case 'choice':
      return <Choice entry={entry} />;
    case 'action':
    case undefined:
      return <Action entry={entry} />;
  }
}

function Action({ entry }: { entry: ActionEntry }) {
  return (
    <Menu.Item
      className={`${popupItemLook} ${entry.danger === true ? 'text-warning' : ''}`}
      onClick={entry.onSelect}
      disabled={entry.disabled ?? false}
    >
      {entry.icon !== undefined && <entry.icon size={16} aria-hidden className="shrink-0" />}
      <span className="flex-1 truncate">{entry.label}</span>
      {entry.keys !== undefined && <kbd className="font-sans text-xs text-ink-soft">{entry.keys}</kbd>}
    </Menu.Item>
  );
}

function Choice({ entry }: { entry: ChoiceEntry }) {
  return (
    <Menu.Group>
      <Menu.GroupLabel className="px-2 py-1 text-xs text-ink-soft">{entry.label}</Menu.GroupLabel>
      <Menu.RadioGroup value={entry.value} onValueChange={(value) => entry.onChange(String(value))}>
        {entry.options.map(({ value, label }) => (
          <Menu.RadioItem key={value} value={value} className={popupItemLook}>
            <span className="flex w-4 shrink-0">
              <Menu.RadioItemIndicator>
                <Check size={16} aria-hidden />
              </Menu.RadioItemIndicator>
            </span>
            {label}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Menu.Group>
  );
}
