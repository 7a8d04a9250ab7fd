/** Write the pages of the site from docs/, before Astro builds them. */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { base, docsFolder, scalarFile, siteFolder } from '../map/places.ts';
import { files } from '../map/pages.ts';
import { referencePages } from '../reference/pages.ts';
import { documents } from './documents.ts';

const content = path.join(siteFolder, 'src', 'content', 'docs');
const publicFolder = path.join(siteFolder, 'public');

function frontMatter(values: Record<string, unknown>): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return ['---', ...lines, '---', ''].join('\n');
}

function writePage(name: string, values: Record<string, unknown>, text: string): void {
  const file = path.join(content, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${frontMatter(values)}\n${text}\n`);
}

/** Return where the pages of earlier releases, one a file of docs/, are now. */
function moved(): Record<string, string> {
  const first = new Map<string, string>();
  for (const { source, slug } of pages) if (!first.has(source)) first.set(source, `${slug}/`);
  return Object.fromEntries([...first].map(([source, slug]) => [source.replace(/\.md$/, ''), slug]));
}

function copyScalar(): void {
  const built = path.join(siteFolder, 'node_modules', '@scalar', 'api-reference', 'dist', 'browser');
  const target = path.join(publicFolder, path.dirname(scalarFile));
  rmSync(target, { recursive: true, force: true });
  const isNeeded = (name: string): boolean => !name.endsWith('.map') && path.basename(name) !== 'standalone.js';
  cpSync(built, target, { recursive: true, filter: isNeeded });
}

function copyFiles(): void {
  rmSync(path.join(publicFolder, 'pictures'), { recursive: true, force: true });
  if (existsSync(path.join(docsFolder, 'pictures'))) {
    cpSync(path.join(docsFolder, 'pictures'), path.join(publicFolder, 'pictures'), { recursive: true });
  }
  for (const [file, address] of Object.entries(files)) {
    if (address !== '') copyFileSync(path.join(docsFolder, file), path.join(publicFolder, address));
  }
  writeFileSync(path.join(publicFolder, 'moved.json'), JSON.stringify({ ...moved(), README: '' }));
}

const pages = documents(docsFolder, base);
rmSync(content, { recursive: true, force: true });
mkdirSync(publicFolder, { recursive: true });
copyFiles();
copyScalar();
cpSync(path.join(siteFolder, 'pages'), content, { recursive: true });
for (const { slug, title, description, text } of pages) {
  writePage(`${slug}.md`, { title, description }, text);
}
for (const { slug, title, description, text } of referencePages(docsFolder)) {
  writePage(`${slug}.mdx`, { title, description, tableOfContents: { maxHeadingLevel: 2 } }, text);
}
