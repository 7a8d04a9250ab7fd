import { present, textOf } from '@/app/search-values';

/** What the address of the list says: the words of the search, and whether inactive prompts are shown. */
export interface PromptsSearch {
  q?: string;
  inactive?: true;
}

/** `trial` opens the panel that tries the prompt; `run` is the trial that it shows, over `medium`. */
export interface PromptSearch {
  trial?: true;
  run?: string;
  medium?: string;
}

/** `from` is the prompt that the new one begins as a copy of. */
export interface NewPromptSearch extends PromptSearch {
  from?: string;
}

export function promptsSearchOf(search: Record<string, unknown>): PromptsSearch {
  return present({ q: textOf(search.q), inactive: search.inactive === true ? (true as const) : undefined });
}

export function promptSearchOf(search: Record<string, unknown>): PromptSearch {
  return present({ trial: search.trial === true ? (true as const) : undefined, run: textOf(search.run), medium: textOf(search.medium) });
}

export function newPromptSearchOf(search: Record<string, unknown>): NewPromptSearch {
  return { ...promptSearchOf(search), ...present({ from: textOf(search.from) }) };
}
