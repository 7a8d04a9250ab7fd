import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';

import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/feedback/empty-state';
import { ProblemPage } from '@/components/ui/layout/problem-page';
import { words } from '@/words/en';

/** What stands at the place of a page that failed. After an update of the server its old code is gone. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  if (/dynamically imported module|Importing a module script failed|error loading dynamically/i.test(String(error))) {
    return (
      <EmptyState level={1} title={words.shell.updatedTitle} text={words.shell.updatedText}>
        <Button look="primary" onClick={() => window.location.reload()}>
          {words.shell.reload}
        </Button>
      </EmptyState>
    );
  }
  return (
    <ProblemPage
      title={words.shell.pageFailed}
      error={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}
