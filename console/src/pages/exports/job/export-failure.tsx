import type { Export } from '@/pages/exports/queries';
import { words } from '@/words/en';

const { page: text } = words.exports;

/** Why an export has failed, in the words of the server. */
export function ExportFailure({ found }: { found: Export }) {
  const { error_message: message, attempts, max_attempts: most } = found;
  return (
    <section aria-label={text.failed} className="flex flex-col gap-2 rounded-md border border-warning bg-warning-soft p-4">
      <h2 className="text-base font-semibold">{text.failed}</h2>
      <p className="wrap-anywhere">{message ?? text.noReason}</p>
      {attempts > 0 && <p className="text-xs text-ink-soft">{text.attempts(attempts, most)}</p>}
    </section>
  );
}
