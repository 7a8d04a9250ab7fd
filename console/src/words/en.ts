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
    boxLabel: 'Words to search for',
    boxPlaceholder: 'What do you remember?',
    clear: 'Clear the words',
    choosePicture: 'Search with a picture',
    pictureOfSearch: 'Picture of the search',
    removePicture: 'Remove the picture',
    scopeLabel: 'Where to search',
    everything: 'Everything',
    playground: 'Playground',
    runLabel: 'Run',
    allRuns: 'All runs',
    runName: (prompt: string, time: string) => `${prompt}, ${time}`,
    arrangement: 'Arrange hits',
    byMedium: 'By medium',
    byMoment: 'Best first',
    addCondition: 'Add condition',
    chooseField: 'Choose a field',
    findField: 'Find a field',
    noField: 'No field has this name.',
    conditionOn: (field: string) => `Condition on ${field}`,
    operatorOf: (field: string) => `How ${field} compares`,
    valueOf: (field: string) => `Value for ${field}`,
    removeCondition: (field: string) => `Remove the condition on ${field}`,
    value: 'Value',
    chooseValue: 'Choose a value',
    yes: 'yes',
    no: 'no',
    ofMedium: (type: string) => `${type}, whole medium`,
    types: { string: 'text', integer: 'whole number', number: 'number', boolean: 'yes or no', array: 'list' },
    operators: {
      equals: 'is',
      contains: 'contains',
      starts_with: 'starts with',
      ends_with: 'ends with',
      is_empty: 'is empty',
      is_not_empty: 'is not empty',
      greater_than: 'is more than',
      greater_equal: 'is at least',
      less_than: 'is less than',
      less_equal: 'is at most',
      item_equals: 'includes',
      item_contains: 'has an entry that contains',
      length_equals: 'has this many entries:',
      length_greater: 'has more entries than',
      length_less: 'has fewer entries than',
    },
    results: 'Hits',
    startTitle: 'Find a moment',
    startText: 'Type what was seen, said or written. Or paste, drop or choose a picture, or add a condition.',
    nothingToSearch: 'There is nothing to search here',
    nothingToSearchText: 'A picture is searched in indexes. Choose an index, or upload media into one.',
    noHits: 'Nothing found',
    noHitsText: 'No result satisfies all conditions.',
    noHitsOfWords: (sought: string) => `Nothing in this scope fits “${sought}”. Only media that a prompt has run over are searched.`,
    found: (hits: number, media: number, more: boolean) =>
      `${more ? 'First ' : ''}${hits} ${hits === 1 ? 'moment' : 'moments'} in ${media} ${media === 1 ? 'medium' : 'media'}`,
    moments: (count: number) => `${count} ${count === 1 ? 'moment' : 'moments'}`,
    searching: 'Searching',
    showMore: 'Show more',
    untitled: 'Without a title',
    wholeMedium: 'Whole medium',
    picture: 'Picture',
    times: (start: string, end: string) => `${start} – ${end}`,
    textScore: 'text',
    pictureScore: 'picture',
    score: (part: string, value: string) => `${part} ${value}`,
    scoreTitle: 'How well the hit fits, from 0 to 1. The best segments are returned even if none fits well.',
    pictureMissing: 'The picture of this link was only in the tab where it was pasted. Paste it again.',
    withoutConditions: 'Conditions do not apply to a search with a picture.',
    withoutPlayground: 'Pictures are searched in indexes, not in the playground.',
    indexesLeftOut: (count: number) => `${count} ${count === 1 ? 'index is' : 'indexes are'} not searched. Choose an index to search it.`,
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
