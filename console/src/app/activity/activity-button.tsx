import { CircleAlert, Activity as ActivityIcon } from 'lucide-react';

import { Button } from '@/components/ui/button';
import { ProgressRing } from '@/components/ui/feedback/progress-ring';
import { words } from '@/words/en';

import { summaryOf } from './activities';
import { useActivities } from './activity-store';
import { toggleActivity, useActivityOpen } from './panel-state';

/** The activity drawer as one ring: it opens and closes the drawer. */
export function ActivityButton() {
  const { working, failed, progress } = summaryOf(useActivities());
  const open = useActivityOpen();
  const label = working > 0 ? words.activity.atWork(working) : failed > 0 ? words.activity.failures(failed) : words.activity.idle;
  return (
    <Button look="quiet" square aria-label={label} title={label} aria-expanded={open} onClick={toggleActivity}>
      {working > 0 ? (
        <span aria-hidden className="inline-flex">
          <ProgressRing label={label} value={progress} size={20} />
        </span>
      ) : failed > 0 ? (
        <CircleAlert size={18} aria-hidden className="text-warning" />
      ) : (
        <ActivityIcon size={18} aria-hidden />
      )}
    </Button>
  );
}
