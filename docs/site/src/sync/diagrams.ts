/** Draw the diagrams of a page, which are written in Mermaid, as SVG in the page. */
import { renderMermaidSVG } from 'beautiful-mermaid';

const diagram = /^```mermaid\n([\s\S]*?)^```$/gm;

export function drawDiagrams(text: string): string {
  return text.replace(diagram, (_, source: string) => figureOf(source));
}

function figureOf(source: string): string {
  const svg = renderMermaidSVG(source, {
    bg: 'var(--sl-color-bg)',
    fg: 'var(--sl-color-white)',
    font: 'system-ui',
    padding: 8,
    transparent: true,
  });
  const words = [...svg.matchAll(/<text[^>]*>([\s\S]*?)<\/text>/g)].map(([, content = '']) => wordsOf(content));
  const label = words.filter((each) => each !== '').join(', ');
  return `<figure class="diagram" role="img" aria-label="Diagram: ${label}">\n${withoutRequests(svg)}\n</figure>`;
}

function wordsOf(content: string): string {
  return content
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Remove the fonts that would come from another host, and the empty lines, at which Markdown ends a block of HTML. */
function withoutRequests(svg: string): string {
  return svg
    .replace(/^\s*@import .*$/gm, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n');
}
