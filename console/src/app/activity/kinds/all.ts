import { deletions } from '@/app/activity/kinds/deletions';
import { exports } from '@/app/activity/kinds/exports';
import { imports } from '@/app/activity/kinds/imports';
import type { ActivityKind } from '@/app/activity/kinds/kind';
import { runs } from '@/app/activity/kinds/runs';

/** The kinds of activity. A new capability adds its kind here. */
export const activityKinds: readonly ActivityKind[] = [imports, runs, exports, deletions];
