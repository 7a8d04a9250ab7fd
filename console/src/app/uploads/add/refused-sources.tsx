import { ProblemNotice } from '@/components/ui/feedback/problem-notice';

import type { Refusal } from './start-imports';

/** The sources that the server refused, each with its sentence. */
export function RefusedSources({ refused }: { refused: readonly Refusal[] }) {
  return refused.map(({ source, error }) => (
    <div key={source.uri} className="flex flex-col gap-1">
      <p className="truncate text-xs text-ink-soft" title={source.uri}>
        {source.uri}
      </p>
      <ProblemNotice error={error} />
    </div>
  ));
}
