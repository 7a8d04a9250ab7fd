/** Links between the files of docs/, turned into links between the pages of the site. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { files } from '../map/pages.ts';
import { linesOf } from './markdown.ts';

/** The pages that hold a file. A heading's page is named by its anchor. */
export interface FileAddress {
  readonly first: string;
  readonly byAnchor: ReadonlyMap<string, string>;
}

export interface SiteAddresses {
  readonly base: string;
  readonly docs: string;
  readonly files: ReadonlyMap<string, FileAddress>;
}

/** Rewrite the links and pictures of a text. `source` is the file that holds it. Throws on a dead link. */
export function rewriteLinks(text: string, source: string, site: SiteAddresses): string {
  return linesOf(text)
    .map(({ line, isCode }) => (isCode ? line : rewriteLine(line, source, site)))
    .filter((line) => line !== undefined)
    .join('\n');
}

function rewriteLine(line: string, source: string, site: SiteAddresses): string | undefined {
  const picture = /^!\[([^\]]*)\]\(([^)\s]+)\)$/.exec(line.trim());
  if (picture) return pictureOf(picture[1] ?? '', picture[2] ?? '', source, site);
  return line.replace(/(\]\()([^)\s]+)(\))/g, (_, open: string, target: string, close: string) =>
    [open, isOutside(target) ? target : addressOf(target, source, site), close].join(''),
  );
}

function isOutside(target: string): boolean {
  return /^[a-z]+:/i.test(target);
}

/** Return the picture, or nothing while nobody has taken it. */
function pictureOf(alt: string, target: string, source: string, site: SiteAddresses): string | undefined {
  const file = path.posix.join(path.posix.dirname(source), target);
  return existsSync(path.join(site.docs, file)) ? `![${alt}](${site.base}/${file})` : undefined;
}

function addressOf(target: string, source: string, site: SiteAddresses): string {
  const [name = '', anchor = ''] = target.split('#');
  const file = name === '' ? source : path.posix.join(path.posix.dirname(source), name);
  const single = files[file];
  if (single !== undefined) return `${site.base}/${single}`;
  const address = site.files.get(file.replace(/\/$/, ''));
  if (!address) throw new Error(`${source} links to ${target}, which is no page`);
  const slug = anchor === '' ? address.first : address.byAnchor.get(anchor);
  if (slug === undefined) throw new Error(`${source} links to ${target}, which has no such heading`);
  return `${site.base}/${slug}/${anchor === '' ? '' : `#${anchor}`}`;
}
