/** An Astro integration that lets the search take whole questions, and answer them by the text of pages. */
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const settings = 'virtual:starlight/pagefind-config';
const rule = fileURLToPath(new URL('../search/small-words.ts', import.meta.url));

/** Titles count as headings already. With Pagefind's own weight of titles, a page that a term names in its title
 * precedes the page that explains the term. */
const titleWeight = 0.5;

const rules = [
  'pagefindUserConfig.processTerm = withoutSmallWords;',
  `pagefindUserConfig.ranking = { ...pagefindUserConfig.ranking, metaWeights: { title: ${titleWeight} } };`,
].join('\n');

/** Add a rule for queries to the theme's settings of the search. The theme takes settings as JSON, without functions,
 * and does not know all settings of the ranking. */
export function searchQuestions(): AstroIntegration {
  return {
    name: 'search-questions',
    hooks: {
      'astro:config:setup': ({ updateConfig }) => {
        const transform = (code: string, id: string) =>
          id.endsWith(settings)
            ? `import { withoutSmallWords } from ${JSON.stringify(rule)};\n${code};\n${rules}`
            : undefined;
        updateConfig({ vite: { plugins: [{ name: 'search-questions', transform }] } });
      },
    },
  };
}
