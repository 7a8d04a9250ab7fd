import type { Models } from '@/api/client';
import type { NewRunSearch } from '@/pages/runs/run-search';

export type TargetKind = 'index' | 'playground' | 'videos';
export type ModelChoice = 'default' | 'builtin' | 'other';

/** The choices of a new run, beside those that its address holds. */
export interface RunOptions {
  videoType: 'smart' | 'content_aware' | 'fixed';
  audioType: 'content_aware' | 'fixed';
  videoSeconds: number | null;
  audioSeconds: number | null;
  model: ModelChoice;
  modelName: string;
  transcription: boolean;
  imageEmbedding: boolean;
}

const standard: RunOptions = {
  videoType: 'smart',
  audioType: 'content_aware',
  videoSeconds: 10,
  audioSeconds: 30,
  model: 'default',
  modelName: '',
  transcription: true,
  imageEmbedding: true,
};

/** Return the options that a prompt saves as its defaults. What it does not say is as the server has it. */
export function optionsOf(config: Record<string, unknown> | null | undefined): RunOptions {
  const { video_segmentation_type: video, audio_segmentation_type: audio, processing_model: model } = config ?? {};
  const named = typeof model === 'string' && model !== '' ? model : null;
  return {
    videoType: (['smart', 'content_aware', 'fixed'] as const).find((each) => each === video) ?? standard.videoType,
    audioType: (['content_aware', 'fixed'] as const).find((each) => each === audio) ?? standard.audioType,
    videoSeconds: secondsOf(config?.video_segment_duration) ?? standard.videoSeconds,
    audioSeconds: secondsOf(config?.audio_segment_duration) ?? standard.audioSeconds,
    model: named === null ? 'default' : named === 'builtin' ? 'builtin' : 'other',
    modelName: named ?? '',
    transcription: config?.enable_transcription !== false,
    imageEmbedding: config?.enable_image_embedding !== false,
  };
}

function secondsOf(value: unknown): number | null {
  return typeof value === 'number' && validSeconds(value) ? value : null;
}

export function validSeconds(seconds: number | null): seconds is number {
  return seconds !== null && Number.isInteger(seconds) && seconds >= 1 && seconds <= 300;
}

export function targetKind(search: NewRunSearch): TargetKind {
  if (search.video !== undefined) return 'videos';
  return search.playground === true ? 'playground' : 'index';
}

/** Return the body that starts or estimates the run. Null while something is missing. */
export function runBody(search: NewRunSearch, options: RunOptions): Models['ExecuteRequest'] | null {
  const target = targetBody(search);
  const { videoType, audioType, videoSeconds, audioSeconds, model, modelName } = options;
  if (target === null || search.prompt === undefined) return null;
  if (videoType === 'fixed' && !validSeconds(videoSeconds)) return null;
  if (audioType === 'fixed' && !validSeconds(audioSeconds)) return null;
  if (model === 'other' && modelName.trim() === '') return null;
  return {
    prompt_id: search.prompt,
    target,
    video_segmentation_type: videoType,
    audio_segmentation_type: audioType,
    video_segment_duration: videoType === 'fixed' ? videoSeconds : null,
    audio_segment_duration: audioType === 'fixed' ? audioSeconds : null,
    processing_model: model === 'default' ? null : model === 'builtin' ? 'builtin' : modelName.trim(),
    enable_transcription: options.transcription,
    enable_image_embedding: options.imageEmbedding,
  };
}

function targetBody(search: NewRunSearch): Models['Target'] | null {
  switch (targetKind(search)) {
    case 'videos':
      return { type: 'videos', video_ids: search.video ?? [] };
    case 'playground':
      return { type: 'playground' };
    case 'index':
      return search.index === undefined ? null : { type: 'index', index_id: search.index };
  }
}
