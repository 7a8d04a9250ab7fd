import { fetchFile } from '@/api/client';

/** The frames of a medium's preview, in the order of time. */
export interface PreviewFrames {
  frames: readonly VideoFrame[];
  close: () => void;
}

/** Whether the browser can take the frames of a preview apart. Without, the preview plays by itself. */
export const canScrub = 'ImageDecoder' in window;

export function previewPath(videoId: string): string {
  return `/api/v2/videos/${encodeURIComponent(videoId)}/gif`;
}

/** Fetch the preview of a medium and decode its frames. Close them when they are no longer shown. */
export async function decodePreview(videoId: string, signal: AbortSignal): Promise<PreviewFrames> {
  const blob = await fetchFile(previewPath(videoId), signal);
  const decoder = new ImageDecoder({ data: await blob.arrayBuffer(), type: 'image/gif' });
  const frames: VideoFrame[] = [];
  try {
    await decoder.tracks.ready;
    await decoder.completed;
    const count = decoder.tracks.selectedTrack?.frameCount ?? 0;
    for (let frameIndex = 0; frameIndex < count; frameIndex += 1) frames.push((await decoder.decode({ frameIndex })).image);
    signal.throwIfAborted();
  } catch (error) {
    for (const frame of frames) frame.close();
    throw error;
  } finally {
    decoder.close();
  }
  return {
    frames,
    close: () => {
      for (const frame of frames) frame.close();
    },
  };
}
