import type { Models } from '@/api/client';

type StoreFile = Pick<Models['CloudFile'], 'name' | 'extension'>;

const mediaEndings: readonly string[] = `mp4 mov m4v mkv webm avi mts m2ts ts mpg mpeg wmv flv vob mxf 3gp ogv
   mp3 wav flac m4a aac ogg opus aiff amr caf wma
   jpg jpeg png webp heic heif tif tiff bmp gif`.split(/\s+/);

const ofMedia = new Set(mediaEndings.map((ending) => `.${ending}`));

/** Return whether a file has the ending of a medium. The server decides by its content. */
export function looksLikeMedium({ extension }: StoreFile): boolean {
  return ofMedia.has(extension);
}

/**
 * Narrow a pattern to files with the ending of a medium. Null: the pattern says by itself how names end, or no file
 * looks like a medium.
 *
 * If `files` are all that the pattern takes, the new one names their endings as they are written. Otherwise it names
 * the endings of all media, in any case: a file that is not seen yet may have any of them.
 */
export function mediaPatternOf(pattern: string, files: readonly StoreFile[], areAll: boolean): string | null {
  if (!endsOpen(pattern)) return null;
  const written = files.filter(looksLikeMedium).map(({ name, extension }) => name.slice(1 - extension.length));
  const endings = areAll ? [...new Set(written)].sort() : mediaEndings.map(inAnyCase);
  if (endings.length === 0) return null;
  const start = /(^|\/)\*\*$/.test(pattern) ? `${pattern}/*` : pattern;
  return `${start}.${endings.length === 1 ? String(endings[0]) : `{${endings.join(',')}}`}`;
}

/** Return whether any text can follow: the last character is a star that does not stand for itself. Braces multiply, so a pattern with them stays as it is. */
function endsOpen(pattern: string): boolean {
  return /(?<!\\)(\\\\)*\*$/.test(pattern) && !pattern.includes('{');
}

function inAnyCase(ending: string): string {
  return ending.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
