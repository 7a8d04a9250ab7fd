import { useMutation } from '@tanstack/react-query';
import { CircleStop } from 'lucide-react';

import { useMay } from '@/app/session/session';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { IconButton } from '@/components/ui/icon-button';
import { PathLink } from '@/components/ui/layout/path-link';
import { words } from '@/words/en';

import { activityKinds } from './kinds/all';
import type { Activity } from './kinds/kind';

/** One activity: its title, its progress or how it ended, and what can be done with it. */
export function ActivityRow({ activity }: { activity: Activity }) {
  const { id, title, detail, status, progress, error, href } = activity;
  const kind = activityKinds.find(({ name }) => name === activity.kind);
  const Icon = kind?.icon;
  const cancel = useMutation({ mutationFn: async () => kind?.cancel?.(id) });
  const mayWrite = useMay('write');
  const working = status === 'working';
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex items-start gap-3">
        {Icon !== undefined && <Icon size={16} aria-hidden className="mt-0.5 shrink-0 text-ink-soft" />}
        <div className="flex min-w-0 flex-1 flex-col gap-0.5">
          {href === null ? (
            <p className="truncate" title={title}>
              {title}
            </p>
          ) : (
            <PathLink path={href} className="truncate hover:underline" title={title}>
              {title}
            </PathLink>
          )}
          <p className={`text-xs ${status === 'failed' || status === 'partial' ? 'text-warning' : 'text-ink-soft'}`}>
            {[words.activity.statuses[status], detail].filter((part) => part !== '').join(' · ')}
          </p>
        </div>
        {working && mayWrite && kind?.cancel !== undefined && (
          <IconButton icon={CircleStop} label={words.activity.cancel(title)} disabled={cancel.isPending} onClick={() => cancel.mutate()} />
        )}
      </div>
      {working && <ProgressBar label={title} value={progress} />}
      {error !== null && !working && <p className="text-xs wrap-anywhere text-ink-soft">{error}</p>}
      {cancel.error !== null && <ProblemNotice error={cancel.error} />}
    </li>
  );
}
