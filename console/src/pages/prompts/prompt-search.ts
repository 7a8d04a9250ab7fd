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
  return { ...textOf(search, 'q'), ...(search.inactive === true ? { inactive: true } : {}) };
}

export function promptSearchOf(search: Record<string, unknown>): PromptSearch {
  return { ...(search.trial === true ? { trial: true } : {}), ...textOf(search, 'run'), ...textOf(search, 'medium') };
}

export function newPromptSearchOf(search: Record<string, unknown>): NewPromptSearch {
  return { ...promptSearchOf(search), ...textOf(search, 'from') };
}

function textOf<Name extends string>(search: Record<string, unknown>, name: Name): Partial<Record<Name, string>> {
  const value = search[name];
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? ({ [name]: text } as Record<Name, string>) : {};
}
