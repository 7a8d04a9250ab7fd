import { useRouter } from '@tanstack/react-router';
import { Upload } from 'lucide-react';

import { ActivityButton } from '@/app/activity/activity-button';
import { useMay } from '@/app/session/session';
import { SearchBox } from '@/app/shell/search-box';
import { UserMenu } from '@/app/shell/user-menu';
import { canUploadHere, requestUpload } from '@/app/upload-request';
import { Button } from '@/components/ui/button';
import { words } from '@/words/en';

interface TopBarProps {
  onPalette: () => void;
  onHelp: () => void;
}

/** The search box, the upload, the activity and the menu of the key. */
export function TopBar({ onPalette, onHelp }: TopBarProps) {
  const router = useRouter();
  const mayWrite = useMay('write');
  const mayRead = useMay('read');
  const upload = () => {
    if (!canUploadHere()) void router.navigate({ to: '/' });
    requestUpload();
  };
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-2 sm:px-4">
      <SearchBox />
      <div className="ml-auto flex items-center gap-1">
        {mayWrite && (
          <Button onClick={upload} aria-label={words.shell.upload}>
            <Upload size={16} aria-hidden />
            <span className="hidden sm:inline">{words.shell.upload}</span>
          </Button>
        )}
        {mayRead && <ActivityButton />}
        <UserMenu onPalette={onPalette} onHelp={onHelp} />
      </div>
    </header>
  );
}
