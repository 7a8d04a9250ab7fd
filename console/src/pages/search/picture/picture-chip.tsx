import { X } from 'lucide-react';

import { showBlob } from '@/components/media/api-image';
import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

interface PictureChipProps {
  /** The picture; undefined while it loads. */
  file: Blob | undefined;
  onRemove: () => void;
}

/** The picture of a search, beside the box. */
export function PictureChip({ file, onRemove }: PictureChipProps) {
  const look = 'h-12 w-20 rounded-md border border-line object-cover';
  return (
    <div className="flex shrink-0 items-center gap-1">
      {file === undefined ? (
        <div role="img" aria-label={words.search.pictureOfSearch} className={`${look} bg-sunken`} />
      ) : (
        <img ref={(image) => showBlob(image, file)} alt={words.search.pictureOfSearch} className={look} />
      )}
      <IconButton icon={X} label={words.search.removePicture} onClick={onRemove} />
    </div>
  );
}
