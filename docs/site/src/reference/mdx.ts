/** Pieces of MDX. */

/** Escape what MDX would read as markup, outside of code in backquotes. */
export function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(/[{}<>]/g, (mark) => `&#${mark.charCodeAt(0)};`)))
    .join('');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function cell(text: string): string {
  return escaped(text).replaceAll('|', '\\|');
}

export function tabs(items: readonly { label: string; language: string; code: string }[]): string {
  const parts = items.map(({ label, language, code }) =>
    [`<TabItem label="${label}">`, '', `\`\`\`${language}`, code, '```', '', '</TabItem>'].join('\n'),
  );
  return ['<Tabs syncKey="language">', ...parts, '</Tabs>'].join('\n');
}

export const imports = "import { Tabs, TabItem } from '@astrojs/starlight/components';";
