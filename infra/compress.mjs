// Writes a compressed twin beside each text file of a build: NAME.br and NAME.gz, where they are smaller.
// The server sends the twin that a browser takes. Arguments: the folders of the builds.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);
const texts = new Set(['.css', '.html', '.js', '.json', '.mjs', '.svg', '.txt', '.webmanifest', '.xml']);
const leastBytes = 1024;

const slowestBytes = 512 * 1024; // above it, the best quality takes many seconds a file

for (const folder of process.argv.slice(2)) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && texts.has(path.extname(entry.name)));
  await Promise.all(files.map((entry) => compress(path.join(entry.parentPath, entry.name))));
}

async function compress(file) {
  const content = await readFile(file);
  if (content.length < leastBytes) return;
  const params = {
    [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    [zlib.constants.BROTLI_PARAM_QUALITY]: content.length > slowestBytes ? 9 : 11,
  };
  const twins = [
    [`${file}.br`, await brotli(content, { params })],
    [`${file}.gz`, await gzip(content, { level: 9 })],
  ];
  for (const [name, packed] of twins) {
    if (packed.length < content.length * 0.9) await writeFile(name, packed);
  }
}
