/** The pages of the site: which file, or which sections of a file, becomes which page. */

export interface SitePage {
  /** The address below /docs/. */
  readonly slug: string;
  /** The name in the sidebar, and the page's title when the page holds sections of a file. */
  readonly label: string;
  /** A Markdown file of docs/. */
  readonly source: string;
  /** The headings whose sections the page holds. Without it, the page holds the whole file. A section that no
   * page names follows the section before it. */
  readonly sections?: readonly string[];
}

export interface Group {
  readonly label: string;
  readonly pages: readonly SitePage[];
  readonly collapsed?: boolean;
}

const whole = (slug: string, label: string, source: string): SitePage => ({ slug, label, source });
const part = (slug: string, label: string, source: string, ...sections: string[]): SitePage => ({
  slug,
  label,
  source,
  sections,
});

export const groups: readonly Group[] = [
  {
    label: 'Start',
    pages: [
      part('start/laptop', 'On a laptop', 'guide.md', 'Start', 'The default index', 'Quickstart with the official client'),
      whole('start/docker', 'In a container', 'docker.md'),
      part('start/keys', 'Keys and scopes', 'guide.md', 'Keys and scopes'),
      part('start/aws', 'On AWS', 'aws-guide.md', 'Prerequisites', 'Deploy', 'The first key', 'Connect the official client'),
      part('start/terms', 'Terms', 'questions.md', 'Terms'),
      part('start/questions', 'Questions', 'questions.md', 'How to sign in'),
    ],
  },
  {
    label: 'Guides',
    pages: [
      whole('guides/console', 'The console', 'console.md'),
      part('guides/import', 'Import and upload media', 'guide.md', 'Import media'),
      part('guides/prompts', 'Prompts and runs', 'guide.md', 'Prompts', 'Runs'),
      whole('guides/extraction', 'Schemas and extraction', 'extraction.md'),
      part('guides/search', 'Search and conditions', 'guide.md', 'Search', 'Conditions'),
      whole('guides/connectors', 'Connectors', 'connectors.md'),
      whole('guides/archive', 'Import an archive', 'import-archive.md'),
      whole('guides/automations', 'Automations', 'automations.md'),
      whole('guides/run-tables', 'Run tables', 'run-tables.md'),
      whole('guides/exports', 'Exports', 'exports.md'),
      whole('guides/webhooks', 'Webhooks', 'webhooks.md'),
      whole('guides/deliveries', 'Deliveries of webhooks', 'webhook-deliveries.md'),
      whole('guides/saved-searches', 'Saved searches', 'saved-searches.md'),
      whole('guides/markers', 'Markers', 'markers.md'),
      whole('guides/editing', 'Subtitles, cut lists and clips', 'editing.md'),
      whole('guides/live-stream', 'Live stream', 'live-stream.md'),
      part('guides/deletion', 'Delete media and indexes', 'guide.md', 'Deletion'),
      part('guides/clients', 'Write a client', 'guide.md', 'Learn of events', 'Limits', 'Errors', 'Idempotency'),
    ],
  },
  {
    label: 'Operations',
    pages: [
      part('operations/backup', 'Backup, restore and crashes', 'guide.md', 'Shutdown and crashes', 'Backup and restore'),
      part('operations/releases', 'A new release', 'guide.md', 'A new release'),
      part('operations/repairs', 'Dead letters and the search index', 'guide.md', 'Dead letters', 'Rebuild the search index'),
      part('operations/logs', 'Logs', 'guide.md', 'Logs'),
      whole('operations/monitoring', 'Monitoring', 'monitoring.md'),
      part('operations/troubleshooting', 'Troubleshooting', 'guide.md', 'Troubleshooting'),
      whole('operations/models', 'Models', 'models.md'),
    ],
  },
  {
    label: 'AWS',
    pages: [
      part('aws/uploads', 'Upload media on AWS', 'aws-guide.md', 'Upload media'),
      part('aws/language-model', 'A language model on AWS', 'aws-guide.md', 'Use a language model'),
      part('aws/search', 'Search engines and sizes', 'aws-guide.md', 'Sizes and idle costs', 'Choose a search engine', 'Rebuild the search index'),
      part('aws/webhooks-and-connectors', 'Webhooks and connectors on AWS', 'aws-guide.md', 'Webhooks and connectors'),
      part('aws/costs', 'Cost of an hour of video', 'aws-guide.md', 'Cost of an hour of video'),
      part('aws/quotas', 'Quotas', 'aws-guide.md', 'Quotas'),
      part('aws/upgrade', 'Monitoring, upgrade, removal', 'aws-guide.md', 'Monitoring', 'Upgrade', 'Remove a deployment'),
      part('aws/move', 'Move an archive', 'aws-guide.md', 'Move an archive from AWS or between accounts', 'Move an archive from a laptop to AWS', 'Unproven'),
      whole('aws/operations', 'Alarms and recovery', 'aws-operations.md'),
      whole('aws/permissions', 'Permissions', 'aws-permissions.md'),
    ],
  },
  {
    label: 'Reference',
    pages: [
      whole('reference/routes', 'Routes', 'routes.md'),
      whole('reference/events', 'Events', 'events.md'),
      whole('reference/errors', 'Errors', 'errors.md'),
      whole('reference/limits', 'Limits', 'limits.md'),
      whole('reference/settings', 'Settings', 'settings.md'),
      whole('reference/commands', 'Commands', 'commands.md'),
      whole('reference/media', 'Media formats', 'media.md'),
      whole('reference/client-methods', 'Official client', 'client-methods.md'),
      whole('reference/behaviour', 'API behaviour', 'api-decisions.md'),
    ],
  },
  {
    label: 'Internals',
    collapsed: true,
    pages: [
      whole('internals/architecture', 'Architecture', 'architecture.md'),
      whole('internals/security', 'Security', 'security.md'),
      whole('internals/new-resource', 'A new resource', 'new-resource.md'),
    ],
  },
];

export const decisionsSlug = 'decisions';
export const unlistedLabel = 'More';

/** Where single files lie that are no pages. */
export const files: Readonly<Record<string, string>> = {
  'openapi.json': 'openapi.json',
  'export-document.schema.json': 'export-document.schema.json',
  'README.md': '',
};

export interface Weights {
  readonly text: number;
  readonly headings: number;
}

const low = (weight: number): Weights => ({ text: weight, headings: weight });

/** Weights in the search, by the beginning of the addresses of pages: low where few readers look for the page. A
 * page without an entry has the weight 1, and 2 to 7 for its headings. */
export const searchWeights: Readonly<Record<string, Weights>> = {
  'start/terms/': { text: 10, headings: 10 },
  'start/questions/': { text: 2, headings: 10 },
  'decisions/': low(0.1),
  'internals/': low(0.2),
  'operations/repairs/': low(0.5),
  'aws/permissions/': low(0.1),
  'aws/operations/': low(0.4),
  'aws/': { text: 0.6, headings: 4 },
  'reference/api/': low(0.3),
  'reference/routes/': low(0.2),
  'reference/behaviour/': low(0.2),
  'reference/client-methods/': low(0.2),
};
