import { Link } from '@tanstack/react-router';

import { words } from '@/words/en';

/** The way back to the list. */
export function BackLink() {
  return (
    <Link to="/prompts" className="underline">
      {words.prompts.back}
    </Link>
  );
}
