/** An address to import, with the title of its medium. */
interface Address {
  uri: string;
  title: string;
}

/** Read the addresses of a text, one a line. A title is the last part of the path, or the host. */
export function addressesOf(text: string): Address[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((uri) => ({ uri, title: titleOf(uri) }));
}

function titleOf(uri: string): string {
  if (!URL.canParse(uri)) return uri.slice(0, 255);
  const url = new URL(uri);
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? url.hostname;
  try {
    return decodeURIComponent(last).slice(0, 255);
  } catch {
    return last.slice(0, 255);
  }
}
