import type { Models } from '@/api/client';

export type Hit = Models['SearchResult'];

/** A block of hits under the title of their medium; without a title for hits one after the other. */
export interface HitBlock {
  key: string;
  /** The first hit of the medium, in its first block only. */
  head: { hit: Hit; count: number } | null;
  hits: Hit[];
}

/** The number of hits that are drawn together. It fills lines of one, two, three and four hits. */
const blockSize = 12;

/** Arrange hits in blocks: by medium, the medium with the best hit first, or in their order. */
export function hitBlocks(hits: readonly Hit[], byMedium: boolean): HitBlock[] {
  if (!byMedium) return chunks(hits).map((part, place) => ({ key: `moments ${place}`, head: null, hits: part }));
  const media = new Map<string, Hit[]>();
  for (const hit of hits) {
    const known = media.get(hit.video_id);
    if (known === undefined) media.set(hit.video_id, [hit]);
    else known.push(hit);
  }
  return [...media].flatMap(([videoId, own]) =>
    chunks(own).map((part, place) => ({
      key: `${videoId} ${place}`,
      head: place === 0 && part[0] !== undefined ? { hit: part[0], count: own.length } : null,
      hits: part,
    })),
  );
}

/** Merge the hits of several requests, best first. A request's own order stays where scores are equal. */
export function mergedHits(answers: readonly (readonly Hit[])[]): Hit[] {
  const [only, ...others] = answers;
  if (only !== undefined && others.length === 0) return [...only];
  return answers.flat().sort((one, other) => other.fused_score - one.fused_score);
}

function chunks(hits: readonly Hit[]): Hit[][] {
  const count = Math.ceil(hits.length / blockSize);
  return Array.from({ length: count }, (_, place) => hits.slice(place * blockSize, (place + 1) * blockSize));
}
