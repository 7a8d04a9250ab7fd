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
    playground: 'Playground',
    sample: 'Sample',
    indexCount: (count: number) => (count === 1 ? '1 index' : `${count} indexes`),
    count: (count: number) => (count === 1 ? '1 medium' : `${count.toLocaleString()} media`),
    countOf: (shown: number, all: number) => `${shown.toLocaleString()} of ${all.toLocaleString()} media`,
    loadingMore: (count: number) => (count === 0 ? 'Loading media' : `${count.toLocaleString()} media, loading more.`),
    orderPending: 'Order and filters cover the loaded media.',
    newestOf: (name: string) => `Newest media of ${name}`,
    showAll: (name: string) => `Show all of ${name}`,
    emptyIndex: 'No media yet. Drop files here to upload them.',
    emptyTitle: 'No media yet',
    emptyText: 'Media that you add here can be watched at once, and searched after a prompt run. There are three ways in:',
    emptyReadOnly: 'A key with the scope write can add media.',
    waysIn: ['Drop files or folders anywhere on this page, or choose them.', 'Import a file by its https address.', 'Import files from a bucket through a connector.'],
    trySample: 'Or look at the sample',
    noMatchTitle: 'No medium matches the filters',
    noMatchText: 'Remove a filter, or change the words of the name.',
    stillLoading: 'Media are still being loaded.',
    addMedia: 'Add media',
    createIndex: 'Create index',
    createIndexText: 'An index is a collection of media that are searched together.',
    indexName: 'Name',
    filters: 'Filters',
    filterByName: 'Filter by name',
    sort: 'Sort by',
    orders: { newest: 'Newest first', name: 'Name', length: 'Longest first' },
    density: 'Size of tiles',
    type: { video: 'Video', audio: 'Audio', image: 'Picture' },
    types: { video: 'Videos', audio: 'Audio', image: 'Pictures' },
    status: { not_processed: 'Not processed', processing: 'Processing', processed: 'Processed', failed: 'Failed' },
    select: (title: string) => `Select ${title}`,
    selected: (count: number) => `${count.toLocaleString()} selected`,
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
  },
};
