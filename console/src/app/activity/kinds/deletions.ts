import { Trash2 } from 'lucide-react';

import { nameOfIndex } from '@/app/activity/kinds/index-names';
import type { ActivityChange, ActivityKind } from '@/app/activity/kinds/kind';
import { type StreamEvent, textOf } from '@/app/activity/stream/event';
import { words } from '@/words/en';

/** Deletions of indexes and media. The server lists none, so those from before the page are unknown. */
export const deletions: ActivityKind = {
  name: 'deletions',
  icon: Trash2,
  unnamed: words.activity.unnamed.deletions,
  read: (event) => (event.type.startsWith('deletion.') ? ofEvent(event) : null),
};

function ofEvent({ payload, at }: StreamEvent): ActivityChange | null {
  const id = textOf(payload, 'deletion_id');
  if (id === null) return null;
  const started = textOf(payload, 'status') !== 'deleted';
  return {
    id,
    // The name is known only before the thing is gone.
    ...(started ? { title: titleOf(textOf(payload, 'kind'), textOf(payload, 'target_id') ?? '') } : {}),
    status: started ? 'working' : 'done',
    startedAt: at,
  };
}

function titleOf(kind: string | null, target: string): string {
  if (kind !== 'index') return words.activity.deletedMedium(target);
  return words.activity.deletedIndex(nameOfIndex(target) ?? target);
}
