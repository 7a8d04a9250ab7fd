/** An Astro integration that writes compressed twins beside text files: the server sends them as they are. */
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { AstroIntegration } from 'astro';

const textFile = /\.(css|html|js|json|svg|txt|xml)$/;
const leastBytes = 1024;
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };

export function compressedTwins(): AstroIntegration {
  return {
    name: 'compressed-twins',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const root = fileURLToPath(dir);
        const names = (await readdir(root, { recursive: true })).filter((name) => textFile.test(name));
        await Promise.all(names.map((name) => writeTwins(path.join(root, name))));
      },
    },
  };
}

async function writeTwins(file: string): Promise<void> {
  if ((await stat(file)).size < leastBytes) return;
  const content = await readFile(file);
  await writeFile(`${file}.gz`, await promisify(gzip)(content));
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content, brotli));
}
