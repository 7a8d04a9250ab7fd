import type { Models } from '@/api/client';
import type { ImportAutomation } from '@/pages/automations/queries';
import { anyFile, requestOf, type Selection } from '@/pages/imports/new/selection';
import { runBody, type RunOptions } from '@/pages/runs/start/run-form';

type Interval = Models['DebounceInterval'];
type Preset = NonNullable<Models['ImportAutomationRequest']['prompt_preset']>;

/** The choices of an import automation. */
interface ImportValues {
  selection: Selection;
  interval: Interval;
  isEnabled: boolean;
  /** The prompt that runs over what came; null: none. */
  promptId: string | null;
}

export const intervals: readonly Interval[] = ['5m', '10m', '1h', '1d'];

/** Return the choices of a saved automation, or those that a new one begins with. */
export function valuesOf(saved: ImportAutomation | null): ImportValues {
  if (saved === null) {
    return { selection: { connectorId: '', prefix: '', pattern: anyFile, recursive: true }, interval: '5m', isEnabled: true, promptId: null };
  }
  const { connector_id: connectorId, source_prefix: prefix, file_pattern: pattern, recursive } = saved;
  return {
    selection: { connectorId, prefix, pattern, recursive },
    interval: saved.debounce_interval,
    isEnabled: saved.enabled,
    promptId: saved.prompt_preset?.prompt_id ?? null,
  };
}

/** Return the body that saves an automation. A pause stays. Null while something is missing. */
export function bodyOf(values: ImportValues, options: RunOptions, saved: ImportAutomation | null): Models['ImportAutomationRequest'] | null {
  const { selection, interval, isEnabled, promptId } = values;
  const preset = promptId === null ? null : presetOf(promptId, options);
  if (selection.connectorId === '' || preset === undefined) return null;
  return { ...requestOf(selection), debounce_interval: interval, enabled: isEnabled, paused: saved?.paused ?? false, prompt_preset: preset };
}

/** Return a prompt with the options of its runs; undefined while an option is not valid. */
function presetOf(promptId: string, options: RunOptions): Preset | undefined {
  const body = runBody({ playground: true, prompt: promptId }, options);
  if (body === null) return undefined;
  return {
    prompt_id: promptId,
    video_segmentation_type: options.videoType,
    audio_segmentation_type: options.audioType,
    video_segment_duration: body.video_segment_duration ?? null,
    audio_segment_duration: body.audio_segment_duration ?? null,
    processing_model: body.processing_model ?? null,
    enable_transcription: options.transcription,
    enable_image_embedding: options.imageEmbedding,
  };
}
