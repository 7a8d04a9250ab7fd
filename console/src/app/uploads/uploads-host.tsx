import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { Upload } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';

import { indexesQuery } from '@/api/queries';
import { useMay } from '@/app/session/session';
import { type UploadRequest, type UploadWay, useUploadRequests } from '@/app/upload-request';
import { AddMediaDialog } from '@/app/uploads/add/add-media-dialog';
import type { Destination } from '@/app/uploads/add/destination';
import { UploadPanel } from '@/app/uploads/panel/upload-panel';
import { fromDrop, type Picked } from '@/app/uploads/picked-files';
import { useFileDrop } from '@/app/uploads/use-file-drop';
import { uploadQueue, useUploads } from '@/app/uploads/uploads';
import { useStable } from '@/app/uploads/use-stable';
import { words } from '@/words/en';

/** What keys with the scope `write` have on every page: the panel of uploads, and the dialog that adds media. */
export function UploadsHost() {
  return useMay('write') ? <Uploads /> : null;
}

interface Asked {
  key: number;
  destination: Destination;
  way: UploadWay;
  dropped: Picked | null;
}

function Uploads() {
  const items = useUploads();
  const [isOpen, setOpen] = useState(false);
  const [asked, setAsked] = useState<Asked>({ key: 0, destination: { kind: 'playground' }, way: 'files', dropped: null });
  const indexes = useQuery(indexesQuery).data;
  const openIndex = useOpenIndex();
  const nameOf = (id: string | null) => (id === null ? words.uploads.playground : indexes?.find(({ index_id }) => index_id === id)?.name);
  /** Return the index if media can go there; undefined for the sample and for pages without an index. */
  const writable = (id: string | null | undefined) =>
    id === undefined || indexes?.some(({ index_id, is_default }) => index_id === id && is_default) ? undefined : id;

  const ask = useCallback(
    (indexId: string | null | undefined, dropped: Picked | null, way: UploadWay = 'files') => {
      const [first] = indexes?.filter(({ is_default }) => !is_default) ?? [];
      const target = indexId === undefined ? (first?.index_id ?? null) : indexId;
      const destination: Destination = target === null ? { kind: 'playground' } : { kind: 'index', indexId: target };
      setAsked(({ key }) => ({ key: key + 1, destination, way, dropped }));
      setOpen(true);
    },
    [indexes],
  );
  const onRequest = (request: UploadRequest) => ask(writable(request.indexId === undefined ? openIndex : request.indexId), null, request.way);
  useUploadRequests(useStable(onRequest));

  const targetOf = (element: Element) => writable(sectionOf(element) ?? openIndex);
  const onDrop = (transfer: DataTransfer, element: Element) => {
    const target = targetOf(element);
    void fromDrop(transfer).then((picked) => {
      if (target !== undefined && picked.leftOut === 0) uploadQueue.add(picked.files, target);
      else ask(target, picked);
    });
  };
  const inLibrary = useIsLibrary();
  const over = useFileDrop(inLibrary && !isOpen, useStable(onDrop));
  useLeaveWarning();

  const target = over === null ? undefined : targetOf(over);
  const targetName = target === undefined ? undefined : nameOf(target);
  return (
    <>
      {over !== null && (
        <div className="pointer-events-none fixed inset-2 z-40 flex items-end justify-center rounded-md border-2 border-dashed border-accent bg-accent/10 p-8">
          <p role="status" className="flex items-center gap-2 rounded-md border border-accent bg-surface px-4 py-2 text-base">
            <Upload size={20} aria-hidden />
            {targetName === undefined ? words.uploads.dropAnywhere : words.uploads.dropInto(targetName)}
          </p>
        </div>
      )}
      {items.length > 0 && <UploadPanel items={items} inLibrary={inLibrary} />}
      <AddMediaDialog key={asked.key} open={isOpen} onOpenChange={setOpen} destination={asked.destination} way={asked.way} dropped={asked.dropped} />
    </>
  );
}

/** The index under a drag in the library: each section names its own. */
function sectionOf(element: Element): string | null | undefined {
  const name = element.closest<HTMLElement>('[data-index]')?.dataset.index;
  return name === 'playground' ? null : name;
}

/** The index that is open: its id, null for the playground, undefined on other pages. */
function useOpenIndex(): string | null | undefined {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  if (path === '/playground') return null;
  return /^\/indexes\/([^/]+)/.exec(path)?.[1];
}

function useIsLibrary(): boolean {
  return useRouterState({ select: ({ location }) => /^\/(indexes\/|playground$|$)/.test(location.pathname) });
}

/** The browser asks before the page closes while files are being sent. */
function useLeaveWarning(): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (uploadQueue.isSending()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, []);
}
