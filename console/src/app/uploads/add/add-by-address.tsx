import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { TextArea } from '@/components/ui/forms/text-area';
import { words } from '@/words/en';

import { addressesOf } from './addresses';
import { RefusedSources } from './refused-sources';
import { startImports } from './start-imports';

interface AddSourceProps {
  /** Returns the index to import into. It creates a new one. */
  resolveIndex: () => Promise<string | null>;
  disabled: boolean;
  onStarted: () => void;
}

/** A form for https addresses. Each line is one import. */
export function AddByAddress({ resolveIndex, disabled, onStarted }: AddSourceProps) {
  const [text, setText] = useState('');
  const addresses = addressesOf(text);
  const start = useMutation({
    mutationFn: async () => startImports(addresses, await resolveIndex()),
    onSuccess: (refused) => {
      setText(refused.map(({ source }) => source.uri).join('\n'));
      if (refused.length === 0) onStarted();
    },
  });
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <TextArea label={words.uploads.addresses} hint={words.uploads.addressesHint} rows={4} value={text} onChange={setText} />
      {start.isError && <ProblemNotice error={start.error} />}
      {start.data !== undefined && <RefusedSources refused={start.data} />}
      <Button type="submit" look="primary" className="self-end" disabled={disabled || addresses.length === 0 || start.isPending}>
        {words.uploads.importAddresses(addresses.length)}
      </Button>
    </form>
  );
}
