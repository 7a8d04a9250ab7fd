import type { Models } from '@/api/client';
import { formatBytes } from '@/components/numbers/format';
import { ProgressBar } from '@/components/ui/feedback/progress-bar';
import { words } from '@/words/en';

import { countOf } from './counts';
import { Facts, Section } from './section';

interface StorageSectionProps {
  media: Models['MediaCounts'];
  storage: Models['Storage'];
}

/** What the archive holds, and the room on the disk. */
export function StorageSection({ media, storage }: StorageSectionProps) {
  const { disk_free_bytes: free, disk_total_bytes: total } = storage;
  const bytes = formatBytes(storage.media_bytes);
  return (
    <Section title={words.system.storage}>
      <Facts
        facts={[
          { name: words.system.media, value: countOf(media.count, media.at_least) },
          { name: words.system.segments, value: countOf(media.segments, media.at_least) },
          {
            name: words.system.mediaBytes,
            value: storage.media_bytes_at_least ? words.system.atLeast(bytes) : bytes,
          },
          ...(free === null || total === null
            ? []
            : [{ name: words.system.diskUsed, value: words.system.usedOf(formatBytes(total - free), formatBytes(total), formatBytes(free)) }]),
        ]}
      />
      {free !== null && total !== null && (
        <ProgressBar label={words.system.diskUsed} value={total > 0 ? (total - free) / total : 0} />
      )}
    </Section>
  );
}
