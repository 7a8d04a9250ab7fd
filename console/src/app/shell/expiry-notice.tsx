import { Link, useRouterState } from '@tanstack/react-router';

import { useExpiry } from '@/app/session/expiry';
import { endSession } from '@/app/session/session';
import { formatTime } from '@/components/time/format';
import { words } from '@/words/en';

/** Announces the end of the key's life before it comes. */
export function ExpiryNotice() {
  const end = useExpiry();
  const next = useRouterState({ select: ({ location }) => location.href });
  if (end === null) return null;
  return (
    <p role="status" className="flex flex-wrap items-center gap-2 border-b border-warning bg-warning-soft px-4 py-2">
      {words.shell.expires(formatTime(end))}
      <Link to="/sign-in" search={{ next }} preload={false} className="underline" onClick={() => endSession('expired')}>
        {words.shell.signInAgain}
      </Link>
    </p>
  );
}
