import { Link } from '@tanstack/react-router';

import { FactsPanel } from '@/components/ui/layout/facts-panel';
import type { Run } from '@/pages/runs/queries';
import { words } from '@/words/en';

const { run: text, form } = words.runs;

/** What a run was told to do. */
export function RunSettings({ run }: { run: Run }) {
  const video = labelOf(form.videoTypes, run.video_segmentation_type);
  const audio = labelOf(form.audioTypes, run.audio_segmentation_type);
  const yesNo = (value: boolean) => (value ? text.yes : text.no);
  const rows = [
    { name: text.model, value: run.processing_model ?? text.defaultModel },
    { name: form.video, value: withSeconds(video, run.video_segment_duration) },
    { name: form.audio, value: withSeconds(audio, run.audio_segment_duration) },
    { name: text.transcription, value: yesNo(run.enable_transcription) },
    { name: text.pictures, value: yesNo(run.enable_image_embedding) },
  ];
  return (
    <FactsPanel title={text.settings} facts={rows}>
      <Link to="/prompts/$promptId" params={{ promptId: run.prompt_id }} className="underline">
        {text.openPrompt}
      </Link>
    </FactsPanel>
  );
}

function labelOf(labels: Record<string, string>, name: string): string {
  return labels[name] ?? name;
}

function withSeconds(name: string, seconds: number | null): string {
  return seconds === null ? name : `${name}, ${words.runs.seconds(seconds)}`;
}
