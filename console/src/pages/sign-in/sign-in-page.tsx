import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';

import { ApiProblem } from '@/api/problem';
import { useDocumentTitle } from '@/app/document-title';
import { lastSessionEnd, useSession } from '@/app/session/session';
import { signInByKey } from '@/app/session/sign-in';
import { Button } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/copying/code-block';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { TextField } from '@/components/ui/forms/text-field';
import { words } from '@/words/en';

const route = getRouteApi('/sign-in');

/** The sign-in by key. After it the reader is on the page that asked for it. */
export function SignInPage() {
  useDocumentTitle(words.signIn.title);
  const { problem } = route.useLoaderData();
  const { next = '/' } = route.useSearch();
  const session = useSession();
  const router = useRouter();
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: () => signInByKey(key.trim()),
    onSuccess: () => router.navigate({ href: next, replace: true }),
  });
  return (
    <main className="flex min-h-full items-center justify-center p-4">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <header className="flex flex-col items-center gap-3 text-center">
          <img src="/favicon.svg" alt="" className="size-12" />
          <h1 className="text-lg font-semibold">{words.signIn.heading}</h1>
        </header>
        {problem !== null && <TicketProblem problem={problem} signedIn={session !== null} next={next} />}
        {problem === null && <EndNotice />}
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (key.trim() !== '') signIn.mutate();
          }}
        >
          <TextField
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            autoFocus
            label={words.signIn.keyLabel}
            hint={words.signIn.keyHint}
            value={key}
            onValueChange={setKey}
            error={isRefusal(signIn.error) ? words.signIn.keyRefused : undefined}
          />
          {signIn.error !== null && !isRefusal(signIn.error) && <ProblemNotice error={signIn.error} />}
          <Button type="submit" look="primary" disabled={signIn.isPending}>
            {signIn.isPending ? words.signIn.signingIn : words.signIn.submit}
          </Button>
        </form>
        <section aria-label={words.signIn.noKey} className="flex flex-col gap-2 text-xs">
          <p className="text-ink-soft">
            {words.signIn.noKey} {words.signIn.linkAdvice}
          </p>
          <CodeBlock code={words.signIn.ticketCommand(location.origin)} label={words.signIn.linkCommand} />
          <a className="self-center text-accent underline" href="/docs/">
            {words.navigation.documentation}
          </a>
        </section>
      </div>
    </main>
  );
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

/** Why the reader has to sign in again. */
function EndNotice() {
  const end = lastSessionEnd();
  if (end === null) return null;
  const sentence = { refused: words.signIn.endRefused, expired: words.signIn.endExpired, 'signed-out': words.signIn.endSignedOut }[end];
  return (
    <p role="status" className="rounded-md border border-line bg-raised p-3">
      {sentence}
    </p>
  );
}

interface TicketProblemProps {
  problem: unknown;
  signedIn: boolean;
  next: string;
}

/** Why the sign-in link did not work, and how to get another. */
function TicketProblem({ problem, signedIn, next }: TicketProblemProps) {
  if (!isRefusal(problem)) return <ProblemNotice error={problem} />;
  return (
    <div role="alert" className="flex flex-col gap-2 rounded-md border border-warning bg-warning-soft p-3">
      <p className="font-medium">{words.signIn.ticketRefused}</p>
      <p>{words.signIn.ticketAdvice}</p>
      {signedIn && (
        <a href={next} className="text-accent underline">
          {words.signIn.goOn}
        </a>
      )}
    </div>
  );
}
