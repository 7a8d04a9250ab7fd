import { Link2 } from 'lucide-react';
import { useState } from 'react';

import type { Models } from '@/api/client';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { TextField } from '@/components/ui/forms/text-field';
import { Dialog } from '@/components/ui/overlays/dialog';
import { type ImportJob, useImportRetry } from '@/pages/imports/queries';
import { words } from '@/words/en';

const { newAddresses: text } = words.imports;

/** A retry of attachments from new addresses. A job names all of its attachments that failed: it has 90 at most. */
export function NewAddresses({ job }: { job: ImportJob }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Link2 size={16} aria-hidden />
        {text.give}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={text.title} description={text.text} size="medium">
        <AddressForm job={job} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function AddressForm({ job, onDone }: { job: ImportJob; onDone: () => void }) {
  const [addresses, setAddresses] = useState<Readonly<Record<string, string>>>({});
  const retry = useImportRetry(job.job_id, onDone);
  const files = job.failed_files
    .map(({ file_id, file_name }): Models['FileDescriptor'] => ({ file_id, file_name, download_url: (addresses[file_id] ?? '').trim() }))
    .filter(({ download_url: address }) => address !== '');
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (files.length > 0) retry.mutate({ files });
      }}
    >
      {job.failed_files.map(({ file_id: id, file_name: name }) => (
        <TextField
          key={id}
          label={text.addressOf(name)}
          value={addresses[id] ?? ''}
          onValueChange={(address) => setAddresses({ ...addresses, [id]: address })}
          placeholder="https://"
          spellCheck={false}
          autoComplete="off"
        />
      ))}
      {retry.error !== null && <ProblemNotice error={retry.error} />}
      <footer className="flex justify-end">
        <Button type="submit" look="primary" disabled={files.length === 0 || retry.isPending}>
          {words.imports.retry(job.progress.failed)}
        </Button>
      </footer>
    </form>
  );
}
