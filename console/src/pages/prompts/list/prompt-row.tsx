import { Link } from '@tanstack/react-router';

import type { Models } from '@/api/client';
import { formatDateTime } from '@/components/time/format';
import { Badge } from '@/components/ui/feedback/badge';
import { defaultPromptId } from '@/pages/prompts/draft/prompt-draft';
import { fieldsOf } from '@/pages/prompts/schema/fields';
import { words } from '@/words/en';

import type { PromptUse } from './prompt-list';

interface PromptRowProps {
  prompt: Models['Prompt'];
  use: PromptUse | null;
  /** Whether the runs could be read: otherwise nothing is said of the use. */
  runsKnown: boolean;
}

/** One prompt of the list: its name, its fields and its use. */
export function PromptRow({ prompt, use, runsKnown }: PromptRowProps) {
  const fields = fieldsOf(prompt.json_schema);
  return (
    <div role="listitem" className="relative flex flex-col gap-1 border-b border-line px-2 py-3 hover:bg-raised">
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <Link
          to="/prompts/$promptId"
          params={{ promptId: prompt.prompt_id }}
          className="min-w-0 truncate font-medium after:absolute after:inset-0"
          title={prompt.name}
        >
          {prompt.name}
        </Link>
        {prompt.prompt_id === defaultPromptId && <Badge>{words.prompts.readOnly}</Badge>}
        {!prompt.is_active && <Badge>{words.prompts.inactive}</Badge>}
        {prompt.video_level !== null && <Badge>{words.prompts.wholeMedium}</Badge>}
        <span className="basis-full text-xs whitespace-nowrap text-ink-soft empty:hidden sm:ml-auto sm:basis-auto">
          {runsKnown && words.prompts.runCount(use?.runs ?? 0)}
          {use !== null && `, ${words.prompts.lastRun(formatDateTime(use.last))}`}
        </span>
      </div>
      {prompt.description !== '' && <p className="truncate text-ink-soft">{prompt.description}</p>}
      <p className="truncate font-mono text-xs text-ink-soft">
        {words.prompts.fieldCount(fields.length)}: {fields.map(({ name }) => name).join(', ')}
      </p>
    </div>
  );
}
