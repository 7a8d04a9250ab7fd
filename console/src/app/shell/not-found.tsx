import { Link } from '@tanstack/react-router';

import { useDocumentTitle } from '@/app/document-title';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { words } from '@/words/en';

/** What stands at an address that the console does not know. */
export function NotFound() {
  useDocumentTitle(words.shell.notFoundTitle);
  return (
    <EmptyState level={1} title={words.shell.notFoundTitle} text={words.shell.notFoundText}>
      <Link to="/" className="text-accent underline">
        {words.shell.toLibrary}
      </Link>
    </EmptyState>
  );
}
