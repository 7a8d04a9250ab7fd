import { type ReactNode, useState } from 'react';

import type { UploadWay } from '@/app/upload-request';
import type { Picked } from '@/app/uploads/picked-files';
import { uploadQueue } from '@/app/uploads/uploads';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Tabs } from '@/components/ui/layout/tabs';
import { Dialog } from '@/components/ui/overlays/dialog';
import { words } from '@/words/en';

import { AddByAddress } from './add-by-address';
import { AddFiles } from './add-files';
import { AddFromConnector } from './add-from-connector';
import { type Destination, indexOf, isComplete } from './destination';
import { DestinationField } from './destination-field';

interface AddMediaDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  destination: Destination;
  way: UploadWay;
  /** Files that were dropped before. The dialog asks only where they go. */
  dropped: Picked | null;
}

/** The three ways to add media: files, addresses, a connector. */
export function AddMediaDialog({ open, onOpenChange, destination, way, dropped }: AddMediaDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={words.uploads.addMedia} size="medium">
      <AddMedia initial={destination} firstWay={way} dropped={dropped} onStarted={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface AddMediaProps {
  initial: Destination;
  firstWay: UploadWay;
  dropped: Picked | null;
  onStarted: () => void;
}

function AddMedia({ initial, firstWay, dropped, onStarted }: AddMediaProps) {
  const [way, setWay] = useState(firstWay);
  const [destination, setDestination] = useState(initial);
  const [picked, setPicked] = useState(dropped);
  const [error, setError] = useState<unknown>(null);
  const disabled = !isComplete(destination);
  /** An index that was created stays the destination, should something fail afterwards. */
  const resolveIndex = async () => {
    const indexId = await indexOf(destination);
    if (indexId !== null) setDestination({ kind: 'index', indexId });
    return indexId;
  };
  const upload = async (files: Picked) => {
    try {
      uploadQueue.add(files.files, await resolveIndex());
      onStarted();
    } catch (problem) {
      setError(problem);
      setPicked(files);
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <DestinationField destination={destination} onChange={setDestination} />
      {error !== null && <ProblemNotice error={error} />}
      {picked === null ? (
        <Tabs
          label={words.uploads.ways}
          value={way}
          onChange={setWay}
          tabs={[
            { value: 'files', label: words.uploads.way.files, panel: <Panel><AddFiles disabled={disabled} onPick={(files) => void upload(files)} /></Panel> },
            { value: 'address', label: words.uploads.way.address, panel: <Panel><AddByAddress disabled={disabled} resolveIndex={resolveIndex} onStarted={onStarted} /></Panel> },
            { value: 'connector', label: words.uploads.way.connector, panel: <Panel><AddFromConnector {...{ disabled, resolveIndex, onStarted }} index={destination.kind === 'index' ? destination.indexId : undefined} /></Panel> },
          ]}
        />
      ) : (
        <PickedFiles picked={picked} disabled={disabled} onUpload={() => void upload(picked)} />
      )}
    </div>
  );
}

function Panel({ children }: { children: ReactNode }) {
  return <div className="pt-4">{children}</div>;
}

function PickedFiles({ picked, disabled, onUpload }: { picked: Picked; disabled: boolean; onUpload: () => void }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <p>
        {words.uploads.picked(picked.files.length)} {picked.leftOut > 0 && words.uploads.leftOut(picked.leftOut)}
      </p>
      <Button look="primary" disabled={disabled || picked.files.length === 0} onClick={onUpload}>
        {words.uploads.upload}
      </Button>
    </div>
  );
}
