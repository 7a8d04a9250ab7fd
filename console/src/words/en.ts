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

  // --- uploads -----------------------------------------------------------------------------------
  uploads: {
    title: 'Uploads',
    addMedia: 'Add media',
    ways: 'Ways to add media',
    way: { files: 'Files', address: 'Address', connector: 'Connector' },
    destination: 'Add to',
    playground: 'Playground',
    newIndex: 'New index',
    indexName: 'Name of the new index',
    dropText: 'Drop files or folders here. Files of a folder keep their path as title.',
    dropAnywhere: 'Drop to add media',
    dropInto: (name: string) => `Drop to upload into ${name}`,
    chooseFiles: 'Choose files',
    chooseFolder: 'Choose folder',
    picked: (count: number) => (count === 1 ? '1 file.' : `${count.toLocaleString()} files.`),
    leftOut: (count: number) =>
      count === 1 ? '1 further file is no medium and stays out.' : `${count.toLocaleString()} further files are no media and stay out.`,
    upload: 'Upload',
    addresses: 'Addresses',
    addressesHint: 'One address a line, each beginning with https://. The server fetches the files itself.',
    importAddresses: (count: number) => (count > 1 ? `Import ${count} addresses` : 'Import address'),
    connector: 'Connector',
    folders: 'Folders',
    files: 'Folders and files',
    root: 'All files',
    allFiles: 'Choose all files here',
    filesIn: (count: number, more: boolean) => `${count.toLocaleString()}${more ? ' or more' : ''} ${count === 1 && !more ? 'file' : 'files'}`,
    moreFiles: 'List more files',
    emptyFolder: 'There are no files here.',
    importFiles: (count: number) => (count > 1 ? `Import ${count.toLocaleString()} files` : 'Import file'),
    noConnectorTitle: 'No connector yet',
    noConnectorText: 'A connector gives the server access to a bucket of yours, so that files come without an upload.',
    toConnections: 'Create a connector',
    state: {
      waiting: 'Waiting',
      sending: 'Uploading',
      paused: 'Paused',
      lost: 'Interrupted: choose the file again',
      importing: 'Importing',
      done: 'Imported',
      failed: 'Failed',
    },
    sent: (state: string, sent: string, size: string) => `${state}, ${sent} of ${size}`,
    underWay: (count: number, percent: number) => `${count === 1 ? '1 upload' : `${count.toLocaleString()} uploads`} under way, ${percent} %`,
    ended: (done: number, failed: number) => (failed === 0 ? `${done.toLocaleString()} imported` : `${done.toLocaleString()} imported, ${failed.toLocaleString()} failed`),
    collapse: 'Collapse uploads',
    expand: 'Expand uploads',
    pause: (name: string) => `Pause ${name}`,
    resume: (name: string) => `Resume ${name}`,
    retry: (name: string) => `Retry ${name}`,
    cancel: (name: string) => `Cancel ${name}`,
    dismiss: (name: string) => `Remove ${name} from the list`,
    chooseAgain: (name: string) => `Choose ${name} again`,
    pauseAll: 'Pause all',
    resumeAll: 'Resume all',
    retryAll: 'Retry all',
    removeDone: 'Clear imported',
    lostText: (count: number) =>
      count === 1
        ? 'An upload was interrupted. Choose the same file again; what has arrived is not sent twice.'
        : `${count.toLocaleString()} uploads were interrupted. Choose the same files again; what has arrived is not sent twice.`,
    chooseLost: (count: number) => (count === 1 ? 'Choose the file' : 'Choose the files'),
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
