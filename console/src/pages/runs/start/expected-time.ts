import type { Run } from '@/pages/runs/queries';
import { mediaCount } from '@/pages/runs/run-progress';

/** What earlier runs say of the time that a new one takes. */
export interface ExpectedTime {
  seconds: number;
  /** The number of earlier runs behind the number. */
  runs: number;
}

const fewest = 1;
const most = 5;

/**
 * Estimate the time of a run from the newest completed runs: by prompt if it has any, else of all prompts.
 *
 * The time grows with the length of the media, or with their number if they are pictures.
 */
export function expectedTime(runs: readonly Run[], promptId: string, seconds: number, media: number): ExpectedTime | null {
  const complete = runs.filter((run) => run.status === 'completed' && took(run) !== null && size(run, seconds) > 0);
  const same = complete.filter((run) => run.prompt_id === promptId);
  const used = (same.length > 0 ? same : complete).slice(0, most);
  if (used.length < fewest) return null;
  const spent = used.reduce((total, run) => total + (took(run) ?? 0), 0);
  const worked = used.reduce((total, run) => total + size(run, seconds), 0);
  return { seconds: (spent / worked) * (seconds > 0 ? seconds : media), runs: used.length };
}

function took(run: Run): number | null {
  if (run.started_at === null || run.completed_at === null) return null;
  return (Date.parse(run.completed_at) - Date.parse(run.started_at)) / 1000;
}

/** The amount of work in the unit of the new run: seconds, or pictures if it has no seconds. */
function size(run: Run, seconds: number): number {
  if (seconds > 0) return run.total_video_seconds;
  return run.total_video_seconds === 0 ? mediaCount(run) : 0;
}
