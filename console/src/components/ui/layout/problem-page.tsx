import type { ReactNode } from 'react';

import { ProblemNotice } from '@/components/ui/feedback/problem-notice';

import { PageHeader } from './page-header';

interface ProblemPageProps {
  title: string;
  error: unknown;
  onRetry: () => void;
  /** The way back, such as a link to the list. */
  above?: ReactNode;
}

/** A page that cannot be shown: its title, and the problem with what to do. */
export function ProblemPage({ title, error, onRetry, above }: ProblemPageProps) {
  return (
    <>
      <PageHeader title={title} above={above} />
      <div className="max-w-xl px-4 pb-4">
        <ProblemNotice error={error} onRetry={onRetry} />
      </div>
    </>
  );
}
