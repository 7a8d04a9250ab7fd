import { FileUp, FolderUp } from 'lucide-react';
import { useRef } from 'react';

import { Button } from '@/components/ui/button';
import { fromDrop, fromInput, type Picked } from '@/app/uploads/picked-files';
import { words } from '@/words/en';

interface AddFilesProps {
  onPick: (picked: Picked) => void;
  disabled: boolean;
}

/** A place to drop files and folders on, with buttons that open the pickers. */
export function AddFiles({ onPick, disabled }: AddFilesProps) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const picked = (input: HTMLInputElement) => {
    if (input.files !== null && input.files.length > 0) onPick(fromInput(input.files));
    input.value = '';
  };
  return (
    <div
      className="flex flex-col items-center gap-3 rounded-md border border-dashed border-line-strong px-4 py-8 text-center"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (!disabled) void fromDrop(event.dataTransfer).then(onPick);
      }}
    >
      <p className="text-ink-soft">{words.uploads.dropText}</p>
      <p className="text-xs text-ink-soft">
        {words.uploads.formats}{' '}
        <a className="text-accent underline" href="/docs/reference/media/" target="_blank" rel="noreferrer">
          {words.uploads.allFormats}
        </a>
      </p>
      <p className="text-xs text-ink-soft">{words.uploads.nextStep}</p>
      <div className="flex flex-wrap justify-center gap-2">
        <Button look="primary" disabled={disabled} onClick={() => files.current?.click()}>
          <FileUp size={16} aria-hidden />
          {words.uploads.chooseFiles}
        </Button>
        <Button disabled={disabled} onClick={() => folder.current?.click()}>
          <FolderUp size={16} aria-hidden />
          {words.uploads.chooseFolder}
        </Button>
      </div>
      <input ref={files} type="file" multiple hidden aria-label={words.uploads.chooseFiles} onChange={(event) => picked(event.target)} />
      <input
        ref={(input) => {
          folder.current = input;
          input?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        multiple
        hidden
        aria-label={words.uploads.chooseFolder}
        onChange={(event) => picked(event.target)}
      />
    </div>
  );
}
