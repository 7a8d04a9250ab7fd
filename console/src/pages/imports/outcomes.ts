import { words } from '@/words/en';

import { endedFiles, notBegunFiles } from './import-progress';
import { hasEnded, type ImportJob } from './queries';

/** A number of files with one outcome, in words. */
interface Outcome {
  text: string;
  isBad: boolean;
}

/** Say what has become of the files of an import. An outcome that no file has is left out. */
export function outcomesOf(job: ImportJob): Outcome[] {
  const { imported, failed, skipped, total_files: total } = job.progress;
  const left = notBegunFiles(job);
  const counts = [
    { count: imported, text: words.imports.ended(imported) },
    { count: failed, text: words.imports.failed(failed), isBad: true },
    { count: left === null ? skipped : 0, text: words.imports.skippedOrNotBegun(skipped) },
    { count: left === null ? 0 : skipped - left, text: words.imports.skipped(skipped - (left ?? 0)) },
    { count: left ?? 0, text: words.imports.notBegun(left ?? 0) },
  ];
  const found = counts.filter(({ count }) => count > 0).map(({ text, isBad = false }) => ({ text, isBad }));
  if (!hasEnded(job)) return [{ text: words.imports.counts(endedFiles(job), total), isBad: false }, ...found.slice(imported > 0 ? 1 : 0)];
  return found.length > 0 ? found : [{ text: words.imports.ended(0), isBad: false }];
}
