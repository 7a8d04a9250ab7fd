import { words } from '@/words/en';

/** What the page shows while the ticket of a sign-in link is exchanged. */
export function SigningIn() {
  return (
    <main className="flex h-full items-center justify-center">
      <p role="status" className="text-ink-soft">
        {words.signIn.signingIn}
      </p>
    </main>
  );
}
