/** An Astro integration that lets the search take whole questions. */
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const settings = 'virtual:starlight/pagefind-config';
const rule = fileURLToPath(new URL('../search/small-words.ts', import.meta.url));

/** Add a rule for queries to the theme's settings of the search. The theme takes settings as JSON, without functions. */
export function searchQuestions(): AstroIntegration {
  return {
    name: 'search-questions',
    hooks: {
      'astro:config:setup': ({ updateConfig }) => {
        const transform = (code: string, id: string) =>
          id.endsWith(settings)
            ? `import { withoutSmallWords } from ${JSON.stringify(rule)};\n${code};\npagefindUserConfig.processTerm = withoutSmallWords;`
            : undefined;
        updateConfig({ vite: { plugins: [{ name: 'search-questions', transform }] } });
      },
    },
  };
}
