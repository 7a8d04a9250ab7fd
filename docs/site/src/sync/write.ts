/** Write the pages of the site from docs/, before Astro builds them. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { base, docsFolder, siteFolder } from '../map/places.ts';
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

function copyFiles(): void {
  rmSync(path.join(publicFolder, 'pictures'), { recursive: true, force: true });
  if (existsSync(path.join(docsFolder, 'pictures'))) {
    cpSync(path.join(docsFolder, 'pictures'), path.join(publicFolder, 'pictures'), { recursive: true });
  }
  const openapi = readFileSync(path.join(docsFolder, 'openapi.json'), 'utf8');
  writeFileSync(path.join(publicFolder, 'openapi.json'), openapi);
}

rmSync(content, { recursive: true, force: true });
mkdirSync(publicFolder, { recursive: true });
copyFiles();
cpSync(path.join(siteFolder, 'pages'), content, { recursive: true });
const moved: Record<string, string> = {};
for (const { slug, title, description, text, source } of documents(docsFolder, base)) {
  writePage(`${slug}.md`, { title, description }, text);
  moved[source.replace(/\.md$/, '')] ??= `${slug}/`;
}
// The server leads addresses of earlier releases, such as /docs/guide, to the pages.
writeFileSync(path.join(publicFolder, 'moved.json'), JSON.stringify({ ...moved, README: '' }));
for (const { slug, title, description, text } of referencePages(docsFolder)) {
  writePage(`${slug}.mdx`, { title, description }, text);
}
