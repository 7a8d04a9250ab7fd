/** Every word that the console shows. A translation is another file of this shape. One section a page. */
export const words = {
  navigation: {
    label: 'Pages',
    library: 'Library',
    search: 'Search',
    prompts: 'Prompts',
    runs: 'Runs',
    connections: 'Connections',
    system: 'System',
    documentation: 'Documentation',
  },

  // --- shell -------------------------------------------------------------------------------------
  shell: {
    skipToPage: 'Skip to the page',
    notFoundTitle: 'This page does not exist',
    notFoundText: 'The address may be mistyped, or the thing may be deleted.',
    toLibrary: 'Open the library',
    requestId: (id: string) => `Request ${id}`,
    tryAgain: 'Try again',
    copy: 'Copy',
    copied: 'Copied',
    close: 'Close',
    cancel: 'Cancel',
    loading: 'Loading',
    typeName: (name: string) => `Type "${name}" to confirm`,
    copyAs: 'Copy request',
    copyAsCurl: 'Copy as curl',
    copyAsPython: 'Copy as Python',
  },

  // --- sign-in -----------------------------------------------------------------------------------
  signIn: {
    title: 'Sign in',
    keyLabel: 'API key',
    submit: 'Sign in',
  },

  // --- library -----------------------------------------------------------------------------------
  library: {
    title: 'Library',
  },

  // --- medium ------------------------------------------------------------------------------------
  medium: {
    title: 'Medium',
  },

  // --- search ------------------------------------------------------------------------------------
  search: {
    title: 'Search',
  },

  // --- prompts -----------------------------------------------------------------------------------
  prompts: {
    title: 'Prompts',
  },

  // --- runs --------------------------------------------------------------------------------------
  runs: {
    title: 'Runs',
  },

  // --- connections -------------------------------------------------------------------------------
  connections: {
    title: 'Connections',
  },

  // --- system ------------------------------------------------------------------------------------
  system: {
    title: 'System',
    version: (version: string) => `Version ${version}`,
    runtimes: { laptop: 'One machine', aws: 'AWS' },
    startedAt: (time: string) => `running since ${time}`,
    health: 'Health',
    parts: { records: 'Records', blobs: 'Media files', search_index: 'Search index', embedding: 'Embedding of queries' },
    answers: 'It answers',
    doesNotAnswer: 'It does not answer',
    models: 'Models in use',
    processing: 'Extraction',
    defaultModel: (name: string) => `${name}, default`,
    aliases: (names: string) => `These names select the default: ${names}.`,
    textEmbedding: 'Text embedding',
    pictureEmbedding: 'Picture embedding',
    embeddingModel: (name: string, dimension: number) => `${name}, ${dimension} dimensions`,
    unknownModel: 'Not known before the first import',
    storage: 'Archive and storage',
    media: 'Media',
    segments: 'Segments',
    mediaBytes: 'Playable files',
    diskFree: 'Free on the disk',
    freeOf: (free: string, total: string) => `${free} of ${total}`,
    diskUsed: 'Used part of the disk',
    work: 'Queues',
    kind: 'Work',
    imports: 'Imports',
    runs: 'Runs',
    deliveries: 'Webhook deliveries',
    waiting: 'Waiting',
    atWork: 'At work',
    ended: 'Ended',
    failed: 'Failed',
    atLeast: (count: string) => `at least ${count}`,
    monitoringText: 'The numbers are those of your tenant. The operator gets those of the whole server as metrics:',
    monitoringLink: 'Monitoring',
  },
};
