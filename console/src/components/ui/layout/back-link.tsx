import { ChevronLeft } from 'lucide-react';

import { PathLink } from './path-link';

/** The way from a page to the list that it belongs to. */
export function BackLink({ path, label }: { path: string; label: string }) {
  return (
    <PathLink path={path} className="-ml-1 inline-flex items-center rounded-md pr-1 hover:text-ink hover:underline">
      <ChevronLeft size={16} aria-hidden />
      {label}
    </PathLink>
  );
}
