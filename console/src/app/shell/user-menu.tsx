import { BookOpen, CircleUser, Keyboard, LogOut, SquareSlash } from 'lucide-react';

import { highestScope, useSession } from '@/app/session/session';
import { signOut } from '@/app/session/sign-out';
import { keysInWords } from '@/app/shortcuts/keys';
import { chooseTheme, themes, useTheme } from '@/app/theme/theme';
import { formatDateTime } from '@/components/time/format';
import { IconButton } from '@/components/ui/icon-button';
import { Menu } from '@/components/ui/overlays/menu';
import { words } from '@/words/en';

interface UserMenuProps {
  onPalette: () => void;
  onHelp: () => void;
}

/** The key of the session with its scope, the theme, help, and the sign-out. */
export function UserMenu({ onPalette, onHelp }: UserMenuProps) {
  const session = useSession();
  const theme = useTheme();
  if (session === null) return null;
  const scope = words.shell.scopes[highestScope(session.scopes)];
  const end = session.expiresAt === null ? scope : `${scope} · ${words.shell.until(formatDateTime(session.expiresAt))}`;
  return (
    <Menu
      trigger={<IconButton icon={CircleUser} label={words.shell.userMenu} />}
      entries={[
        { kind: 'text', label: session.name, detail: end },
        { kind: 'separator' },
        {
          kind: 'choice',
          label: words.shell.theme,
          value: theme,
          options: themes.map((value) => ({ value, label: words.shell.themes[value] })),
          onChange: (value) => chooseTheme(themes.find((each) => each === value) ?? 'system'),
        },
        { kind: 'separator' },
        { label: words.shell.palette, icon: SquareSlash, keys: keysInWords('mod+k'), onSelect: onPalette },
        { label: words.shell.shortcuts, icon: Keyboard, keys: '?', onSelect: onHelp },
        { kind: 'link', label: words.navigation.documentation, icon: BookOpen, href: '/docs/' },
        { kind: 'separator' },
        { label: words.shell.signOut, icon: LogOut, onSelect: signOut },
      ]}
    />
  );
}
