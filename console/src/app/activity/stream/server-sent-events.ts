/** One block of a stream of server-sent events. A block without `data` gives the position or the delay alone. */
interface Block {
  id?: string;
  event?: string;
  data?: string;
  /** The milliseconds after which to reconnect. */
  retry?: number;
}

/** Cuts the text of a stream into blocks, however the network cuts it into pieces. */
export class BlockReader {
  private rest = '';

  /** Add a piece of text. Return the blocks that it completes, without comments. */
  add(piece: string): Block[] {
    // A line end may be cut in two, so a CR at the end waits for what follows.
    const text = this.rest + piece;
    const usable = text.endsWith('\r') ? text.slice(0, -1) : text;
    const parts = usable.replaceAll(/\r\n?/g, '\n').split('\n\n');
    this.rest = (parts.pop() ?? '') + text.slice(usable.length);
    return parts.map(blockOf).filter((block) => Object.keys(block).length > 0);
  }
}

function blockOf(text: string): Block {
  const block: Block = {};
  const data: string[] = [];
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === 'data') data.push(value);
    else if (name === 'id' && !value.includes('\0')) block.id = value;
    else if (name === 'event') block.event = value;
    else if (name === 'retry' && /^\d+$/.test(value)) block.retry = Number(value);
  }
  if (data.length > 0) block.data = data.join('\n');
  return block;
}
