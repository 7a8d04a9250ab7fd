/** Cut the files of docs/ into the pages of the site. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { decisionsSlug, files, groups, unlistedLabel, type Group, type SitePage } from '../map/pages.ts';
import { drawDiagrams } from './diagrams.ts';
import { anchorsOf, firstSentence, parse, type MarkdownFile } from './markdown.ts';
import { rewriteLinks, type FileAddress, type SiteAddresses } from './links.ts';

/** A page that is ready to be written. `text` is Markdown without a title. */
export interface Document {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly text: string;
  readonly source: string;
}

/** Return the groups of the sidebar: those of the map, and the pages that it does not name yet. */
export function allGroups(docs: string): Group[] {
  const named = new Set(groups.flatMap((group) => group.pages.map((page) => page.source)));
  const present = groups.map((group) => ({
    ...group,
    pages: group.pages.filter((page) => existsSync(path.join(docs, page.source))),
  }));
  const unlisted = readdirSync(docs)
    .filter((name) => name.endsWith('.md') && !named.has(name) && files[name] === undefined)
    .map((name) => ({ slug: name.replace(/\.md$/, ''), label: titleOf(docs, name), source: name }));
  return unlisted.length === 0 ? present : [...present, { label: unlistedLabel, pages: unlisted }];
}

function titleOf(docs: string, source: string): string {
  return parse(readFileSync(path.join(docs, source), 'utf8')).title;
}

/** Return the decision records, oldest first. */
export function decisions(docs: string): SitePage[] {
  const folder = path.join(docs, 'adr');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => ({
      slug: `${decisionsSlug}/${name.replace(/\.md$/, '')}`,
      label: titleOf(docs, `adr/${name}`),
      source: `adr/${name}`,
    }));
}

/** Return every page that is made from a file of docs/. Throws on a dead link. */
export function documents(docs: string, base: string): Document[] {
  const records = decisions(docs);
  const pages = [...allGroups(docs).flatMap((group) => group.pages), ...records];
  const parsed = new Map<string, MarkdownFile>();
  for (const { source } of pages) parsed.set(source, parse(readFileSync(path.join(docs, source), 'utf8')));
  const raw = pages.map((page) => ({ page, ...contentOf(page, pages, parsed) }));
  const site = { base, docs, files: addresses(raw) };
  return [
    ...raw.map(({ page, title, text }) => ({
      slug: page.slug,
      title,
      description: firstSentence(text),
      text: drawDiagrams(rewriteLinks(text, page.source, site)),
      source: page.source,
    })),
    decisionList(records, base),
  ];
}

interface RawPage {
  readonly page: SitePage;
  readonly title: string;
  readonly text: string;
}

function contentOf(
  page: SitePage,
  pages: readonly SitePage[],
  parsed: ReadonlyMap<string, MarkdownFile>,
): Omit<RawPage, 'page'> {
  const file = parsed.get(page.source);
  if (!file) throw new Error(`${page.source} was not read`);
  const all = file.sections.map((section) => section.text);
  if (!page.sections) return { title: file.title, text: [file.opening, ...all].join('\n\n') };
  const parts = pages.filter((other) => other.source === page.source);
  const opening = parts[0]?.slug === page.slug ? file.opening : '';
  const owners = ownersOf(file, parts);
  const own = all.filter((_, index) => owners[index] === page.slug);
  if (own.length === 0) throw new Error(`${page.source} has none of the sections of ${page.slug}`);
  return { title: page.label, text: [opening, ...own].join('\n\n').trim() };
}

/** Return the page of each section: the page that names it, else the page of the section before it. */
function ownersOf(file: MarkdownFile, parts: readonly SitePage[]): string[] {
  let owner = parts[0]?.slug ?? '';
  return file.sections.map(({ heading }) => {
    owner = parts.find((part) => part.sections?.includes(heading))?.slug ?? owner;
    return owner;
  });
}

function addresses(raw: readonly RawPage[]): SiteAddresses['files'] {
  const found = new Map<string, FileAddress>();
  for (const { page } of raw) {
    const parts = raw.filter((other) => other.page.source === page.source);
    const byAnchor = new Map<string, string>();
    for (const part of parts) {
      for (const anchor of anchorsOf(part.text)) byAnchor.set(anchor, part.page.slug);
    }
    found.set(page.source, { first: parts[0]?.page.slug ?? page.slug, byAnchor });
  }
  found.set('adr', { first: decisionsSlug, byAnchor: new Map() });
  return found;
}

function decisionList(records: readonly SitePage[], base: string): Document {
  const rows = records.map(({ slug, label }) => `- [${label}](${base}/${slug}/)`);
  const text = 'An architecture decision record has the reasons of one decision, and its price.';
  return {
    slug: decisionsSlug,
    title: 'Architecture decisions',
    description: text,
    text: [text, ...rows].join('\n\n').replaceAll('\n\n- ', '\n- ').replace('\n- ', '\n\n- '),
    source: 'adr',
  };
}
