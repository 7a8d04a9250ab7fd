import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import { accessibleNames } from './src/build/accessible-names.ts';
import { idleWork } from './src/build/idle-work.ts';
import { scriptsInFiles } from './src/build/scripts-in-files.ts';
import { searchQuestions } from './src/build/search-questions.ts';
import { searchWeights } from './src/build/search-weights.ts';
import { base } from './src/map/places.ts';
import { sidebar } from './src/map/sidebar.ts';

export default defineConfig({
  base,
  trailingSlash: 'always',
  outDir: './dist',
  image: { service: { entrypoint: 'astro/assets/services/noop' } },
  integrations: [
    idleWork(),
    searchWeights(),
    searchQuestions(),
    starlight({
      title: 'VideoVector Server',
      description: 'Documentation of the self-hosted VideoVector server.',
      sidebar: sidebar(),
      customCss: ['./src/styles/site.css'],
      expressiveCode: { defaultProps: { frame: 'none' }, styleOverrides: { borderRadius: '0.5rem' } },
      pagefind: { ranking: { pageLength: 0.3, termFrequency: 0.6, termSaturation: 1.6 } },
      pagination: false,
      lastUpdated: false,
      disable404Route: false,
    }),
    accessibleNames(),
    scriptsInFiles(base),
  ],
});
