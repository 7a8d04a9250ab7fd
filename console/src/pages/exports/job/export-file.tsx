import { formatBytes } from '@/components/numbers/format';
import { formatDateTime } from '@/components/time/format';
import { CodeBlock } from '@/components/ui/copying/code-block';
import { DownloadButton } from '@/pages/exports/download/download-button';
import { hasFile } from '@/pages/exports/export-state';
import type { Export } from '@/pages/exports/queries';
import { words } from '@/words/en';

import { openingCommands } from './opening-commands';

const { page: text } = words.exports;

/** The file of an export: its download, its address in a store, or why it is gone; and how to open it. */
export function ExportFile({ found }: { found: Export }) {
  const { format, file_name: name, destination_uri: uri, expires_at: expiresAt, file_removed_at: removedAt, removal_reason: reason } = found;
  const size = formatBytes(found.file_size_bytes ?? 0);
  if (removedAt !== null) {
    return (
      <section aria-label={text.file} className="flex flex-col gap-3">
        <h2 className="text-base font-semibold">{text.file}</h2>
        <p>{text.gone[reason ?? 'expired'](formatDateTime(removedAt))}</p>
      </section>
    );
  }
  return (
    <>
      <section aria-label={text.file} className="flex flex-col gap-3">
        <h2 className="text-base font-semibold">{text.file}</h2>
        <p>
          {uri === null ? text.ready(size) : text.deliveredTo(size)}
          {expiresAt !== null && ` ${text.until(formatDateTime(expiresAt))}`}
        </p>
        {hasFile(found) && <DownloadButton found={found} />}
        {uri !== null && <CodeBlock label={text.uri} code={uri} />}
      </section>
      <section aria-label={text.open} className="flex flex-col gap-3">
        <h2 className="text-base font-semibold">{text.open}</h2>
        <CodeBlock label={text.openCode} code={openingCommands(format, name)} />
      </section>
    </>
  );
}
