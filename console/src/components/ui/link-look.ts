/** The classes of a link that looks like a secondary button. */
export const linkLook =
  'inline-flex h-8 items-center gap-2 rounded-md border border-line-strong px-3 text-sm font-medium whitespace-nowrap hover:bg-raised';

/** The classes of a link that looks like a primary button. */
export const primaryLinkLook =
  'inline-flex h-8 items-center gap-2 rounded-md bg-accent px-3 text-sm font-medium whitespace-nowrap text-accent-ink hover:opacity-90';
