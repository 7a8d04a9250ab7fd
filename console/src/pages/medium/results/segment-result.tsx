import type { ReactNode } from 'react';

import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import type { Segment } from '@/pages/medium/medium-data';
import { words } from '@/words/en';

import { Fields } from './field-value';
import { jsonObject, type JsonValue } from './json-value';

const text = words.medium.results;

/** The result of one segment: its fields, or why there are none. */
export function SegmentResult({ segment, schema }: { segment: Segment; schema: JsonValue | undefined }) {
  if (segment.processing_failed) {
    return (
      <Note look="warning" title={text.segmentFailed} detail={segment.failure_message}>
        {segment.failure_stage !== null && <p className="text-xs text-ink-soft">{text.stage(segment.failure_stage)}</p>}
      </Note>
    );
  }
  if (!segment.processed) {
    return (
      <>
        <p className="text-ink-soft">{text.segmentPending}</p>
        {segment.segment_status === 'processing' && <SkeletonRows rows={3} className="h-6 w-full" />}
      </>
    );
  }
  const fields = jsonObject(segment.metadata);
  return (
    <div className="flex flex-col gap-3">
      {segment.transcription_error !== null && (
        <Note look="warning" title={text.transcriptionFailed} detail={segment.transcription_error} />
      )}
      {segment.image_embedding_error !== null && (
        <Note look="warning" title={text.embeddingFailed} detail={segment.image_embedding_error} />
      )}
      {Object.keys(fields).length === 0 ? <p className="text-ink-soft">{text.noFields}</p> : <Fields value={fields} schema={schema} />}
      {segment.processing_warning !== null && <Note look="neutral" detail={segment.processing_warning} />}
    </div>
  );
}

interface NoteProps {
  look: 'warning' | 'neutral';
  title?: string;
  detail: string | null;
  children?: ReactNode;
}

/** A sentence about a result: what failed and why, or what to know about it. */
export function Note({ look, title, detail, children }: NoteProps) {
  const frame = look === 'warning' ? 'border-warning bg-warning-soft' : 'border-line bg-raised';
  return (
    <div className={`flex flex-col gap-1 rounded-md border p-2 wrap-anywhere ${frame}`}>
      {title !== undefined && <p className="font-medium">{title}</p>}
      {detail !== null && <p className={title === undefined ? 'text-xs text-ink-soft' : ''}>{detail}</p>}
      {children}
    </div>
  );
}
