import { useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

/** Tells screen readers the title of the page after each change of page, and keeps the focus somewhere. */
export function Announcer() {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const [title, setTitle] = useState('');
  useEffect(() => {
    // The page sets its title in an effect of the same change.
    const timer = setTimeout(() => {
      setTitle(document.title);
      if (document.activeElement === document.body) document.getElementById('page')?.focus({ preventScroll: true });
    });
    return () => clearTimeout(timer);
  }, [path]);
  return (
    <div role="status" className="sr-only">
      {title}
    </div>
  );
}
