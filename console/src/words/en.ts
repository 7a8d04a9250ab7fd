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
    indexes: 'Indexes',
    playground: 'Playground',
    more: 'More',
    moreIndexes: (count: number) => `${count} more`,
  },

  // --- shell -------------------------------------------------------------------------------------
  shell: {
    skipToPage: 'Skip to the page',
    notFoundTitle: 'This page does not exist',
    notFoundText: 'The address may be mistyped, or the thing may be deleted.',
    toLibrary: 'Open the library',
    requestId: (id: string) => `Request ${id}`,
    copyRequestId: 'Copy request id',
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
    product: 'VideoVector',
    home: 'VideoVector, open the library',
    search: 'Search everything',
    searchPlaceholder: 'Search everything',
    upload: 'Upload',
    userMenu: 'Key and settings',
    theme: 'Theme',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    scopes: { search: 'May search', read: 'May read', write: 'May read and write', admin: 'May do everything' },
    until: (when: string) => `until ${when}`,
    signOut: 'Sign out',
    expires: (time: string) => `The session ends at ${time}.`,
    signInAgain: 'Sign in again',
    pageFailed: 'This page has failed',
    updatedTitle: 'The console was updated',
    updatedText: 'This page needs the new version.',
    reload: 'Reload the page',
    palette: 'Go to or do',
    palettePlaceholder: 'Type a page, an index, a prompt, a title or an action',
    paletteNothing: 'Nothing has these words.',
    paletteSearch: (text: string) => `Search for "${text}"`,
    paletteGroups: { pages: 'Pages', indexes: 'Indexes', prompts: 'Prompts', media: 'Media', actions: 'Actions', search: 'Search' },
    shortcuts: 'Keyboard shortcuts',
    singleKeys: 'Use keys without Ctrl or Command',
    singleKeysHint: 'Turn this off if you use speech input.',
    pageShortcuts: 'On this page',
    openDocumentation: 'Open the documentation',
  },

  // --- sign-in -----------------------------------------------------------------------------------
  signIn: {
    title: 'Sign in',
    heading: 'Sign in to VideoVector',
    keyLabel: 'API key',
    keyHint: 'The key stays in this tab until you close it.',
    keyRefused: 'The server does not accept this key. It may be mistyped, revoked or expired.',
    submit: 'Sign in',
    signingIn: 'Signing in',
    noKey: 'No key yet? The server prints one at its first start.',
    endRefused: 'The server no longer accepts the key. Sign in with another one.',
    endExpired: 'The session has ended. Sign in again to go on where you were.',
    endSignedOut: 'You are signed out.',
    ticketRefused: 'The sign-in link is used or expired',
    ticketAdvice: 'A link works once and for ten minutes. Restart the server to get another one, or run this command:',
    ticketCommand: '.venv/bin/python -m shared.cli keys sign-in-link',
    goOn: 'Go on with the present key',
  },

  // --- activity ----------------------------------------------------------------------------------
  activity: {
    title: 'Activity',
    toggle: 'Show or hide the activity',
    idle: 'Activity',
    atWork: (count: number) => `Activity: ${count} under way`,
    failures: (count: number) => `Activity: ${count} failed`,
    emptyTitle: 'Nothing is under way',
    emptyText: 'Uploads, imports, runs and deletions appear here while they work.',
    clear: 'Clear what has ended',
    more: (count: number) => `${count} more`,
    cancel: (title: string) => `Cancel ${title}`,
    stream: {
      off: 'Without live updates',
      connecting: 'Connecting',
      live: 'Live',
      reconnecting: 'Reconnecting',
      paused: 'Paused',
    },
    kinds: { imports: 'Import', runs: 'Run', deletions: 'Deletion' },
    unnamed: { imports: 'Import', runs: 'Prompt run', deletions: 'Deletion' },
    files: (done: number, all: number) => `${done} of ${all} ${all === 1 ? 'file' : 'files'}`,
    media: (done: number, all: number) => `${done} of ${all} ${all === 1 ? 'medium' : 'media'}`,
    failedMedia: (failed: number) => `${failed} failed`,
    deletedIndex: (name: string) => `Index ${name}`,
    deletedMedium: (name: string) => `Medium ${name}`,
    statuses: { working: 'Under way', done: 'Done', partial: 'Done with failures', failed: 'Failed', cancelled: 'Cancelled' },
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
  },
};
