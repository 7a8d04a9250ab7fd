import { X } from 'lucide-react';

import { inOrder } from '@/app/activity/activities';
import { ActivityRow } from '@/app/activity/activity-row';
import { clearEnded, useActivities } from '@/app/activity/activity-store';
import { useStreamState } from '@/app/activity/stream-state';
import { setActivityOpen } from '@/app/activity/panel-state';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

/** The number of activities that the drawer draws. */
const shown = 60;

/** The activity drawer: what the server does in the background. On a phone it is a sheet over the page. */
export function ActivityPanel() {
  const list = inOrder(useActivities());
  const state = useStreamState();
  return (
    <aside
      aria-label={words.activity.title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setActivityOpen(false);
      }}
      className="fixed inset-x-0 bottom-14 z-20 flex max-h-[70dvh] flex-col border-t border-line-strong bg-raised md:static md:max-h-none md:w-80 md:shrink-0 md:border-t-0 md:border-l md:border-line"
    >
      <header className="flex items-center justify-between gap-2 border-b border-line py-2 pr-2 pl-4">
        <h2 className="font-semibold">{words.activity.title}</h2>
        <IconButton icon={X} label={words.shell.close} onClick={() => setActivityOpen(false)} />
      </header>
      {list.length === 0 ? (
        <div className="flex flex-1 flex-col gap-1 p-4">
          <p className="font-medium">{words.activity.emptyTitle}</p>
          <p className="text-ink-soft">{words.activity.emptyText}</p>
        </div>
      ) : (
        <ul className="min-h-0 flex-1 divide-y divide-line overflow-y-auto">
          {list.slice(0, shown).map((activity) => (
            <ActivityRow key={`${activity.kind} ${activity.id}`} activity={activity} />
          ))}
          {list.length > shown && <li className="p-4 text-ink-soft">{words.activity.more(list.length - shown)}</li>}
        </ul>
      )}
      <footer className="flex min-h-10 items-center justify-between gap-2 border-t border-line px-4 py-1 text-xs text-ink-soft">
        <span role="status" className="flex items-center gap-2">
          <span aria-hidden className={`size-2 rounded-full ${state === 'live' ? 'bg-accent' : 'bg-line-strong'}`} />
          {words.activity.stream[state]}
        </span>
        {list.some(({ status }) => status !== 'working') && (
          <Button look="quiet" className="-mr-3 text-xs" onClick={clearEnded}>
            {words.activity.clear}
          </Button>
        )}
      </footer>
    </aside>
  );
}
