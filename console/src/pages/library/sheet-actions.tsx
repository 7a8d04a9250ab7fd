import { Upload } from 'lucide-react';

import { useMay } from '@/app/session/session';
import { requestUpload } from '@/app/upload-request';
import { Button } from '@/components/ui/button';
import { CopyAs } from '@/components/ui/copy-as';
import type { IndexId } from '@/pages/library/media/use-media';
import { words } from '@/words/en';

interface SheetActionsProps {
  indexId: IndexId;
  name: string;
  isReadOnly: boolean;
}

/** The buttons of an index: upload, run a prompt, delete. */
export function SheetActions({ indexId, isReadOnly }: SheetActionsProps) {
  const mayChange = useMay('write') && !isReadOnly;
  const path = indexId === null ? '/api/v2/playground/videos' : `/api/v2/indexes/${indexId}/videos`;
  return (
    <>
      <CopyAs request={{ method: 'GET', path }} />
      {mayChange && (
        <Button look="primary" onClick={() => requestUpload({ indexId })}>
          <Upload size={16} aria-hidden />
          {words.library.addMedia}
        </Button>
      )}
    </>
  );
}
