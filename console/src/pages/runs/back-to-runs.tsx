import { BackLink } from '@/components/ui/layout/back-link';
import { words } from '@/words/en';

/** The way back to the list. */
export function BackToRuns() {
  return <BackLink path="/runs" label={words.runs.back} />;
}
