import { useQuery } from '@tanstack/react-query';

import { systemQuery } from '@/api/queries';
import { words } from '@/words/en';

import { hasLanguageModel } from './processing-models';

const text = words.languageModel;

/** What a server without a language model leaves out. With one, nothing is shown. */
export function LanguageModelNotice() {
  const models = useQuery({ ...systemQuery, staleTime: 60_000 }).data?.models.processing;
  if (models === undefined || hasLanguageModel(models)) return null;
  return (
    <p role="note" className="rounded-md border border-line bg-raised p-3">
      <span className="font-medium">{text.missing}</span> {text.effect}{' '}
      <a className="text-accent underline" href="/docs/guides/extraction/">
        {text.link}
      </a>
    </p>
  );
}
