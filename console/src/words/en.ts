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
  },
};
