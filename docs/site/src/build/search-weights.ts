/** An Astro integration that sets the weight of pages in the search. Pagefind runs after it. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { searchWeights as weights, type Weights } from '../map/pages.ts';

export function searchWeights(): AstroIntegration {
  return {
    name: 'search-weights',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const root = fileURLToPath(dir);
        const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.html'));
        await Promise.all(names.map((name) => weigh(path.join(root, name), weightOf(name.replaceAll(path.sep, '/')))));
      },
    },
  };
}

function weightOf(name: string): Weights | undefined {
  return Object.entries(weights).find(([folder]) => name.startsWith(folder))?.[1];
}

async function weigh(file: string, weight: Weights | undefined): Promise<void> {
  if (weight === undefined) return;
  const html = await readFile(file, 'utf8');
  const weighted = html.replace(' data-pagefind-body', ` data-pagefind-body data-pagefind-weight="${weight.text}"`);
  await writeFile(file, weighted.replace(/<(h[1-6])(?=[\s>])/g, `<$1 data-pagefind-weight="${weight.headings}"`));
}
