import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { isAtWork, type Run, type RunState, useMediumResult } from '@/pages/medium/medium-data';
import { MarksOfFields } from '@/pages/medium/markers/field-marks';
import { words } from '@/words/en';

import { parsedSchema } from './field-schema';
import { Fields } from './field-value';
import { jsonObject } from './json-value';
import { Note } from './segment-result';

const text = words.medium.results;

interface WholeResultProps {
  videoId: string;
  run: Run;
  state: RunState | undefined;
}

/** The result of a run for the whole medium. */
export function WholeResult({ videoId, run, state }: WholeResultProps) {
  const level = state?.video_level ?? null;
  const result = useMediumResult(videoId, run.run_id, level?.result_available ?? false);
  if (level?.status === 'failed') return <Note look="warning" title={text.mediumFailed} detail={level.error_message} />;
  if (level?.result_available !== true) {
    return <p className="text-ink-soft">{isAtWork(state) ? text.noMediumResultYet : text.noMediumResult}</p>;
  }
  if (result.isError) return <ProblemNotice error={result.error} onRetry={() => void result.refetch()} />;
  if (result.data === undefined) return <SkeletonRows rows={3} />;
  const { metadata, schema_used, processing_warning } = result.data;
  return (
    <div className="flex flex-col gap-3">
      {/* The markers of fields that the page knows are those of the segment. */}
      <MarksOfFields value={null}>
        <Fields value={jsonObject(metadata)} schema={parsedSchema(schema_used) ?? undefined} />
      </MarksOfFields>
      {processing_warning !== null && <Note look="neutral" detail={processing_warning} />}
    </div>
  );
}
