import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useState } from 'react';

import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { TextField } from '@/components/ui/forms/text-field';
import { words } from '@/words/en';

import { backdropLook, dialogLook } from './dialog';

interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The question, such as "Delete index?". */
  title: string;
  /** What goes, and whether it can come back. */
  children: ReactNode;
  /** The verb with its object on the button, such as "Delete index". */
  confirmLabel: string;
  onConfirm: () => void;
  /** The button that closes the dialog, where "Cancel" could be taken for the confirmation. */
  dismissLabel?: string | undefined;
  /** The name that the reader must type first. */
  nameToType?: string | undefined;
  /** Whether the request is under way. */
  pending?: boolean;
  /** Why the last attempt failed. */
  error?: unknown;
}

/** A question before something is lost. It says what goes; only its buttons and Escape close it. */
export function ConfirmDialog({ open, onOpenChange, ...question }: ConfirmDialogProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={backdropLook} />
        <AlertDialog.Popup className={`${dialogLook} sm:max-w-md`}>
          <Question {...question} />
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

type QuestionProps = Omit<ConfirmDialogProps, 'open' | 'onOpenChange'>;

/** The content of the dialog. It forgets the typed name when the dialog closes. */
function Question({ title, children, confirmLabel, onConfirm, dismissLabel = words.shell.cancel, nameToType, pending = false, error }: QuestionProps) {
  const [typed, setTyped] = useState('');
  const permitted = !pending && (nameToType === undefined || typed.trim() === nameToType.trim());
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (permitted) onConfirm();
      }}
    >
      <AlertDialog.Title className="text-lg font-semibold wrap-anywhere">{title}</AlertDialog.Title>
      <AlertDialog.Description render={<div />} className="flex flex-col gap-2 text-ink-soft">
        {children}
      </AlertDialog.Description>
      {nameToType !== undefined && (
        <TextField
          label={words.shell.typeName(nameToType)}
          value={typed}
          onValueChange={(value) => setTyped(value)}
          autoComplete="off"
        />
      )}
      {error != null && <ProblemNotice error={error} />}
      <footer className="flex flex-wrap justify-end gap-2">
        <AlertDialog.Close render={<Button>{dismissLabel}</Button>} />
        <Button type="submit" look="danger" disabled={!permitted}>
          {confirmLabel}
        </Button>
      </footer>
    </form>
  );
}
