/** The rate to which sound is brought before its peaks are measured: the lowest that browsers offer. */
const sampleRate = 3000;

/** Return the loudest sample of each of `count` equal parts, from 0 to 1, where 1 is the loudest of all. */
export function peaksOf(channels: readonly Float32Array[], count: number): number[] {
  const length = channels[0]?.length ?? 0;
  const peaks = Array.from({ length: Math.min(count, length) }, (_, part) => {
    const from = Math.floor((part * length) / count);
    const to = Math.max(from + 1, Math.floor(((part + 1) * length) / count));
    return Math.max(...channels.map((samples) => loudest(samples, from, to)));
  });
  const highest = Math.max(...peaks, 0);
  return highest === 0 ? peaks : peaks.map((peak) => peak / highest);
}

function loudest(samples: Float32Array, from: number, to: number): number {
  let found = 0;
  for (let at = from; at < to; at += 1) found = Math.max(found, Math.abs(samples[at] ?? 0));
  return found;
}

/** Fetch a sound and measure its peaks. An hour takes about 45 MB while it is measured. */
export async function fetchPeaks(url: string, count: number, signal: AbortSignal): Promise<number[]> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`The sound cannot be fetched: status ${response.status}.`);
  const decoder = new OfflineAudioContext(1, 1, sampleRate);
  const sound = await decoder.decodeAudioData(await response.arrayBuffer());
  return peaksOf(Array.from({ length: sound.numberOfChannels }, (_, channel) => sound.getChannelData(channel)), count);
}

/** Draw peaks as an SVG path around the middle, each a bar one unit wide. The height goes from -1 to 1. */
export function peaksPath(peaks: readonly number[]): string {
  return peaks.map((peak, at) => barPath(at, Math.max(peak, 0.01))).join('');
}

function barPath(at: number, peak: number): string {
  const high = Math.round(peak * 1000) / 1000;
  return `M${at + 0.15} ${-high}h.7v${2 * high}h-.7z`;
}
