import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

/**
 * Tells screen readers the title of the page after each change of page, and keeps the focus somewhere. The first page
 * leaves it at the start of the document, so that the first Tab reaches the link to the page.
 */
export function Announcer() {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const [title, setTitle] = useState('');
  const before = useRef(path);
  useEffect(() => {
    const isFirst = before.current === undefined;
    before.current = path;
    // The page sets its title in an effect of the same change.
    const timer = setTimeout(() => {
      setTitle(document.title);
      if (!isFirst && document.activeElement === document.body) document.getElementById('page')?.focus({ preventScroll: true });
    });
    return () => clearTimeout(timer);
  }, [path]);
  return (
    <div role="status" className="sr-only">
      {title}
    </div>
  );
}
