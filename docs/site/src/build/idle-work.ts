/** An Astro integration that ends the wait for an idle browser: the theme makes its search box, the marks in its table
 * of contents and the focus of wide code in idle time, and a busy browser may have none for as long as a page is open. */
import type { AstroIntegration } from 'astro';

const longestWaitMs = 1000;

/** Runs before every script of the theme. */
const script = `{
  const whenIdle = window.requestIdleCallback?.bind(window);
  if (whenIdle) window.requestIdleCallback = (work, options) => whenIdle(work, { timeout: ${longestWaitMs}, ...options });
}`;

export function idleWork(): AstroIntegration {
  return {
    name: 'idle-work',
    hooks: { 'astro:config:setup': ({ injectScript }) => injectScript('head-inline', script) },
  };
}
