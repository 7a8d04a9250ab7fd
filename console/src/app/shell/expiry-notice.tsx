import { useExpiry } from '@/app/session/expiry';
import { endSession } from '@/app/session/session';
import { formatTime } from '@/components/time/format';
import { Button } from '@/components/ui/button';
import { words } from '@/words/en';

/** Announces the end of the key's life before it comes. The sign-in leads back to the open page. */
export function ExpiryNotice() {
  const end = useExpiry();
  if (end === null) return null;
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-warning bg-warning-soft px-4 py-1">
      {words.shell.expires(formatTime(end))}
      <Button onClick={() => endSession('expired')}>{words.shell.signInAgain}</Button>
    </div>
  );
}
