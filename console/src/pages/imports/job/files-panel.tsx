import { useState } from 'react';

import { SegmentedControl } from '@/components/ui/forms/segmented-control';
import type { ImportJob } from '@/pages/imports/queries';
import { words } from '@/words/en';

import { FailedFiles } from './failed-files';
import { ImportedMedia } from './imported-media';
import { SourceFiles } from './source-files';

type View = 'failed' | 'files' | 'media';

/** The files of an import: those that failed by their reasons, all of them, or the media that they have become. */
export function FilesPanel({ job }: { job: ImportJob }) {
  const { failed, imported, total_files: total } = job.progress;
  const [chosen, setChosen] = useState<View | null>(null);
  const view = chosen ?? (failed > 0 ? 'failed' : imported > 0 ? 'media' : 'files');
  const { files: text } = words.imports;
  return (
    <section aria-label={text.title} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-base font-semibold">{text.title}</h2>
        <SegmentedControl<View>
          label={text.show}
          value={view}
          onChange={setChosen}
          options={[
            { value: 'failed', label: text.failed(failed) },
            { value: 'media', label: text.media },
            { value: 'files', label: text.all(total) },
          ]}
        />
      </div>
      {view === 'failed' && <FailedFiles job={job} />}
      {view === 'files' && <SourceFiles job={job} />}
      {view === 'media' && <ImportedMedia job={job} />}
    </section>
  );
}
