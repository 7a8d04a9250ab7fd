const names = new Intl.DisplayNames(undefined, { type: 'language' });

/** Return the name of a language in the reader's language. A text that is no code of a language stays as it is. */
export function formatLanguage(code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
