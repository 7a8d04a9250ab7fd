/** Where the site lies: its address below the origin, and its folders. */
import path from 'node:path';

export const base = '/docs';
export const siteFolder = path.resolve(import.meta.dirname, '..', '..');
export const docsFolder = path.resolve(siteFolder, '..');

/** The module of Scalar, below the site's base. */
export const scalarFile = 'scalar/standalone.esm.js';
