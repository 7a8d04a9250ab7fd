/** The pages of the reference: one a resource, and an index. */
import { base } from '../map/places.ts';
import { imports, table } from './mdx.ts';
import { operationsOf, readOpenApi, type Operation } from './openapi.ts';
import { descriptionOf, nameOf, operationSection } from './operation.ts';
import { readScopes, scopeOf } from './scopes.ts';
import GithubSlugger from 'github-slugger';

export interface ReferencePage {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly text: string;
}

const folder = 'reference/api';

/** Return the resources of the API in the order of their names, each with the slug of its page. */
export function resources(docs: string): { label: string; slug: string; operations: Operation[] }[] {
  const grouped = Map.groupBy(operationsOf(readOpenApi(docs)), ({ resource }) => resource);
  return [...grouped]
    .map(([name, operations]) => ({
      label: name.charAt(0).toUpperCase() + name.slice(1),
      slug: `${folder}/${name.replaceAll(/\W+/g, '-')}`,
      operations,
    }))
    .sort((one, other) => one.label.localeCompare(other.label));
}

export function referencePages(docs: string): ReferencePage[] {
  const document = readOpenApi(docs);
  const scopes = readScopes(docs);
  const pages = resources(docs).map(({ label, slug, operations }) => ({
    slug,
    title: label,
    description: `${operations.map(nameOf).join(', ')}: parameters, bodies, answers and examples.`,
    text: [imports, ...operations.map((each) => operationSection(each, scopeOf(each, scopes), document))].join('\n\n'),
  }));
  return [indexPage(docs), ...pages];
}

function indexPage(docs: string): ReferencePage {
  const parts = resources(docs).map(({ label, slug, operations }) => {
    const slugger = new GithubSlugger();
    const rows = operations.map((each) => [
      `[${nameOf(each)}](${base}/${slug}/#${slugger.slug(nameOf(each))})`,
      `\`${each.method} ${each.path}\``,
      descriptionOf(each),
    ]);
    return `## ${label}\n\n${table(['operation', 'route', 'description'], rows)}`;
  });
  const introduction = [
    `The base address of a laptop is \`http://127.0.0.1:8000/api/v2\`. Examples read it from \`VIDEO_VECTOR_BASE_URL\`,`,
    `the key from \`VIDEO_VECTOR_API_KEY\`, and ids from variables with their names. The Python examples use the`,
    `official client where it has the method. [Try the API](${base}/try/) sends requests from the browser;`,
    `[openapi.json](${base}/openapi.json) is the description for generators of clients.`,
  ].join('\n');
  return {
    slug: folder,
    title: 'API reference',
    description: 'Every operation of the API, by resource.',
    text: [introduction, ...parts].join('\n\n'),
  };
}
