/** An Astro integration that moves inline scripts into files: pages then run under `script-src 'self'`. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const folder = '_astro';
const script = /<script((?:\s+[^>]*)?)>([\s\S]*?)<\/script>/g;

export function scriptsInFiles(base: string): AstroIntegration {
  return {
    name: 'scripts-in-files',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const root = fileURLToPath(dir);
        await mkdir(path.join(root, folder), { recursive: true });
        const names = await readdir(root, { recursive: true });
        const pages = names.filter((name) => name.endsWith('.html'));
        await Promise.all(pages.map((page) => moveScripts(path.join(root, page), root, base)));
      },
    },
  };
}

async function moveScripts(page: string, root: string, base: string): Promise<void> {
  const html = await readFile(page, 'utf8');
  const written: Promise<void>[] = [];
  const changed = html.replace(script, (whole, attributes: string, code: string) => {
    if (/\ssrc=/.test(attributes) || isData(attributes) || code.trim() === '') return whole;
    const name = `${createHash('sha256').update(code).digest('hex').slice(0, 12)}.js`;
    written.push(writeFile(path.join(root, folder, name), code));
    return `<script${attributes} src="${base}/${folder}/${name}"></script>`;
  });
  await Promise.all(written);
  if (changed !== html) await writeFile(page, changed);
}

/** Whether a script is data, such as JSON, which a browser does not run. */
function isData(attributes: string): boolean {
  const type = /\stype="([^"]*)"/.exec(attributes)?.[1];
  return type !== undefined && type !== 'module' && type !== 'text/javascript';
}
