/** The structure of a Markdown file: its title, and its sections of the second level. */
import GithubSlugger from 'github-slugger';

export interface Section {
  readonly heading: string;
  readonly text: string;
}

export interface MarkdownFile {
  readonly title: string;
  /** The text between the title and the first section. */
  readonly opening: string;
  readonly sections: readonly Section[];
}

const fence = /^(```|~~~)/;

/** Return the lines of a text, each with whether it lies in a block of code. */
export function linesOf(text: string): { line: string; isCode: boolean }[] {
  let open = '';
  return text.split('\n').map((line) => {
    const mark = fence.exec(line)?.[0];
    const wasOpen = open !== '';
    if (mark && !wasOpen) open = mark;
    else if (mark && mark === open) open = '';
    return { line, isCode: wasOpen || mark !== undefined };
  });
}

export function parse(text: string): MarkdownFile {
  let title = '';
  const opening: string[] = [];
  const sections: { heading: string; lines: string[] }[] = [];
  for (const { line, isCode } of linesOf(text)) {
    const heading = isCode ? null : /^(#{1,2}) (.*)$/.exec(line);
    if (heading?.[1] === '#' && title === '') title = plain(heading[2] ?? '');
    else if (heading?.[1] === '##') sections.push({ heading: heading[2] ?? '', lines: [line] });
    else (sections.at(-1)?.lines ?? opening).push(line);
  }
  return {
    title,
    opening: opening.join('\n').trim(),
    sections: sections.map(({ heading, lines }) => ({ heading, text: lines.join('\n').trim() })),
  };
}

/** Return the anchors of the headings of a text, as the site and GitHub write them. */
export function anchorsOf(text: string): string[] {
  const slugger = new GithubSlugger();
  return linesOf(text).flatMap(({ line, isCode }) => {
    const heading = isCode ? null : /^#{2,6} (.*)$/.exec(line);
    return heading?.[1] ? [slugger.slug(plain(heading[1]))] : [];
  });
}

/** Remove the marks of code, emphasis and links from a line. */
export function plain(text: string): string {
  return text
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .trim();
}

/** Return the first sentence of a text, for search engines and previews of links. */
export function firstSentence(text: string): string {
  const paragraph = text.split(/\n\s*\n/).find((each) => /^[A-Z[`*]/.test(each.trim())) ?? '';
  const line = plain(paragraph.replace(/\s+/g, ' '));
  return /^.*?[.](?= |$)/.exec(line)?.[0] ?? line;
}
