import { Link } from '@tanstack/react-router';

import { EmptyState } from '@/components/ui/empty-state';
import { words } from '@/words/en';

export function NotFound() {
  return (
    <EmptyState title={words.shell.notFoundTitle} text={words.shell.notFoundText}>
      <Link to="/" className="text-accent underline">
        {words.shell.toLibrary}
      </Link>
    </EmptyState>
  );
}
