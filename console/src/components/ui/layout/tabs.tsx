import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

interface TabsProps<Value extends string> {
  /** The name of the row of tabs, for screen readers. */
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  /** The panel of a tab is drawn only while the tab is open. */
  tabs: readonly { value: Value; label: ReactNode; panel: ReactNode }[];
  className?: string;
}

/** Several views of which one is open. The page keeps the open one in its address. */
export function Tabs<Value extends string>({ label, value, onChange, tabs, className = '' }: TabsProps<Value>) {
  return (
    <BaseTabs.Root value={value} onValueChange={(next) => onChange(next as Value)} className={`flex min-h-0 flex-col ${className}`}>
      <BaseTabs.List aria-label={label} className="flex gap-2 overflow-x-auto sm:gap-4 border-b border-line px-1">
        {tabs.map((tab) => (
          <BaseTabs.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px h-10 shrink-0 border-b-2 border-transparent px-1 text-ink-soft -outline-offset-2 hover:text-ink data-active:border-accent data-active:text-ink"
          >
            {tab.label}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel key={tab.value} value={tab.value} className="min-h-0 flex-1">
          {tab.panel}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
