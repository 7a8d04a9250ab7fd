/** An Astro integration that names what the theme leaves unnamed or misnamed for screen readers. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

export function accessibleNames(): AstroIntegration {
  return {
    name: 'accessible-names',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const root = fileURLToPath(dir);
        const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.html'));
        for (const name of names) await nameParts(path.join(root, name));
      },
    },
  };
}

async function nameParts(file: string): Promise<void> {
  const html = await readFile(file, 'utf8');
  let count = 0;
  const named = html
    // A block of code that scrolls becomes a region, and every region needs a name of its own.
    .replace(/<pre data-language="(\w+)"/g, (start) => `${start} tabindex="0" aria-label="Code ${(count += 1)}"`)
    // The search button is named by its visible text, which holds the key too.
    .replace(/(<button data-open-modal[^>]*) aria-label="Search"/, '$1')
    .replace(/ aria-hidden="true"([^>]*)>Search<\/span>/, '$1>Search</span>')
    // A wide table scrolls, and the keyboard has to reach it.
    .replaceAll('<table>', '<table tabindex="0">');
  if (named !== html) await writeFile(file, named);
}
