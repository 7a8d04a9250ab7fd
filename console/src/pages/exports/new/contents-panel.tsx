import { type Fact, FactsPanel } from '@/components/ui/layout/facts-panel';
import type { Run } from '@/pages/runs/queries';
import { words } from '@/words/en';

const { form } = words.exports;

interface ContentsPanelProps {
  runs: readonly Run[];
  /** Whether there are further runs, which the page has not read. */
  hasMore: boolean;
  onlySelection: boolean;
}

/** What a new export would have, as far as the page knows its runs. */
export function ContentsPanel({ runs, hasMore, onlySelection }: ContentsPanelProps) {
  const segments = runs.reduce((sum, run) => sum + run.total_segments, 0);
  const facts: Fact[] = [
    { name: form.runs, value: form.runsNow(runs.length, hasMore) },
    { name: form.segments, value: onlySelection ? form.segmentsBefore(segments, hasMore) : form.segmentsAll(segments, hasMore) },
  ];
  return (
    <FactsPanel title={form.summary} facts={facts}>
      <p className="text-xs text-ink-soft">{form.snapshot}</p>
    </FactsPanel>
  );
}
