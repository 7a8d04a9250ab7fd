import type { Models } from '@/api/client';

type Manifest = Models['FailedSegmentsManifest'];

/** A segment that failed. Times are seconds of its medium. */
export interface FailedPlace {
  videoId: string;
  segmentId: string;
  start: number | null;
  end: number | null;
  retryable: boolean;
}

/** What failed for one cause. */
export interface FailureGroup {
  key: string;
  code: string | null;
  /** The sentence of the failure, from the server. Null: it gave none. */
  sentence: string | null;
  /** The operations or the stage at which it failed. */
  stages: string[];
  segments: FailedPlace[];
  /** Media that failed as a whole, outside of any segment. */
  media: { videoId: string; retryable: boolean }[];
}

/** Group the failures of a run by cause, the commonest first. Numbers and ids in a sentence do not tell causes apart. */
export function failureGroups(manifest: Pick<Manifest, 'videos'>): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const video of manifest.videos) {
    for (const segment of video.segments) addSegment(groups, video.video_id, segment);
    if (video.failure_message !== null && video.segments.length === 0) {
      const group = groupOf(groups, video.failure_code, video.failure_message);
      addStages(group, video.failure_stage === null ? [] : [video.failure_stage]);
      group.media.push({ videoId: video.video_id, retryable: video.retryable !== false });
    }
  }
  return [...groups.values()].sort((first, second) => size(second) - size(first));
}

function addSegment(groups: Map<string, FailureGroup>, videoId: string, segment: Models['FailedSegment']): void {
  const group = groupOf(groups, segment.failure_code, segment.failure_message ?? segment.field_extraction_error);
  addStages(group, segment.failed_operations);
  group.segments.push({
    videoId,
    segmentId: segment.segment_id,
    start: segment.start_time,
    end: segment.end_time,
    retryable: segment.retryable !== false,
  });
}

function groupOf(groups: Map<string, FailureGroup>, code: string | null, sentence: string | null): FailureGroup {
  const key = `${code ?? ''} ${(sentence ?? '').replaceAll(/\b[a-z]{2,4}_[0-9A-Za-z]{8,}\b|\d+(?:\.\d+)?/g, '#')}`;
  const group = groups.get(key) ?? { key, code, sentence, stages: [], segments: [], media: [] };
  groups.set(key, group);
  return group;
}

function addStages(group: FailureGroup, stages: readonly string[]): void {
  for (const stage of stages) if (!group.stages.includes(stage)) group.stages.push(stage);
}

function size(group: FailureGroup): number {
  return group.segments.length + group.media.length;
}
