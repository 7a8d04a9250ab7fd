import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

import { IconButton } from '@/components/ui/icon-button';
import { words } from '@/words/en';

const widths = { small: 'sm:max-w-md', medium: 'sm:max-w-2xl', large: 'sm:max-w-5xl' };

/** The place and look of a dialog: a sheet at the bottom of a phone, a window in the middle elsewhere. */
export const dialogLook =
  'fixed inset-x-0 bottom-0 z-40 flex max-h-[90dvh] flex-col gap-4 overflow-auto rounded-t-md border border-line-strong bg-surface p-4 text-sm text-ink outline-none transition-opacity duration-100 data-starting-style:opacity-0 data-ending-style:opacity-0 sm:inset-x-4 sm:top-1/2 sm:bottom-auto sm:mx-auto sm:-translate-y-1/2 sm:rounded-md sm:p-6';

/** The shade behind a dialog. */
export const backdropLook =
  'fixed inset-0 z-30 bg-shade opacity-50 transition-opacity duration-100 data-starting-style:opacity-0 data-ending-style:opacity-0';

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** One or two sentences under the title. Screen readers read them with the title. */
  description?: ReactNode;
  size?: keyof typeof widths;
  children?: ReactNode;
  /** The buttons at the end, the main one last. */
  actions?: ReactNode;
}

/** A window above the page. It keeps the focus; Escape, the cross and a click beside it close it. */
export function Dialog({ open, onOpenChange, title, description, size = 'small', children, actions }: DialogProps) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdropLook} />
        <BaseDialog.Popup className={`${dialogLook} ${widths[size]}`}>
          <header className="flex items-start justify-between gap-4">
            <BaseDialog.Title className="text-lg font-semibold wrap-anywhere">{title}</BaseDialog.Title>
            <BaseDialog.Close render={<IconButton icon={X} label={words.shell.close} />} />
          </header>
          {description !== undefined && (
            <BaseDialog.Description render={<div />} className="text-ink-soft">
              {description}
            </BaseDialog.Description>
          )}
          {children}
          {actions !== undefined && <footer className="flex flex-wrap justify-end gap-2">{actions}</footer>}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
