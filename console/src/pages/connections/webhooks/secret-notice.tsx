import { Button } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/copying/code-block';
import { words } from '@/words/en';

import { verifySnippet } from './verify-snippet';

/** A new secret, which is not shown again, and how a receiver uses it. */
export function SecretNotice({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <p>{words.connections.secretText}</p>
      <CodeBlock code={secret} label={words.connections.secret} />
      <p>{words.connections.verifyText}</p>
      <CodeBlock code={verifySnippet} label={words.connections.verifyCode} />
      <footer className="flex justify-end">
        <Button look="primary" onClick={onDone}>
          {words.connections.secretStored}
        </Button>
      </footer>
    </div>
  );
}
