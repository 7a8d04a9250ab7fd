import { useDocumentTitle } from '@/app/document-title';
import type { Scope } from '@/app/session/session';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { words } from '@/words/en';

/** What stands at an address that the key of the session may not open. `scope` is the least that may. */
export function NotAllowed({ scope }: { scope: Scope }) {
  useDocumentTitle(words.shell.notAllowedTitle);
  return <EmptyState level={1} title={words.shell.notAllowedTitle} text={words.shell.notAllowedText(scope)} />;
}
