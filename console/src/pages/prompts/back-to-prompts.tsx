import { BackLink } from '@/components/ui/layout/back-link';
import { words } from '@/words/en';

/** The way back to the list. */
export function BackToPrompts() {
  return <BackLink path="/prompts" label={words.prompts.back} />;
}
