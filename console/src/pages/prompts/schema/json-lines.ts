import { isObject, type JsonObject } from './json-schema';

/** A place in a text where it stops being JSON. Lines and columns start at 1. */
interface SyntaxProblem {
  line: number;
  column: number;
  expected: string;
}

/** A text that was read as a JSON object, with the line at which each part begins, by its dotted path. */
interface ReadJson {
  value: JsonObject;
  lines: ReadonlyMap<string, number>;
}

export type JsonReading = { read: ReadJson; problem: null } | { read: null; problem: SyntaxProblem };

class Refused extends Error {
  constructor(
    readonly position: number,
    readonly expected: string,
  ) {
    super(expected);
  }
}

/**
 * Read a text as a JSON object. Browsers word and place the errors of `JSON.parse` differently, or not at
 * all, so this reads the text itself.
 */
export function readJson(text: string): JsonReading {
  try {
    const lines = new Map<string, number>();
    new Scan(text, lines).document();
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) throw new Refused(0, '{');
    return { read: { value, lines }, problem: null };
  } catch (error) {
    if (!(error instanceof Refused)) return { read: null, problem: { line: 1, column: 1, expected: '{' } };
    const before = text.slice(0, error.position).split('\n');
    return { read: null, problem: { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, expected: error.expected } };
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// A string holds no control characters below U+0020. The category Cc has those from U+007F as well.
const string = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
const literal = /true|false|null/y;
const blank = /[ \t\r\n]*/y;
const deepest = 200;

/** One walk over a text. `lines` gets the line of each part. */
class Scan {
  private at = 0;
  private line = 1;
  private counted = 0;

  constructor(
    private readonly text: string,
    private readonly lines: Map<string, number>,
  ) {}

  document(): void {
    this.value('', 0);
    this.skipBlank();
    if (this.at < this.text.length) throw new Refused(this.at, 'the end');
  }

  private value(path: string, depth: number): void {
    this.skipBlank();
    this.note(path);
    if (depth > deepest) throw new Refused(this.at, 'fewer levels');
    const first = this.text[this.at];
    if (first === '{') this.members(path, depth);
    else if (first === '[') this.elements(path, depth);
    else if (this.take(string) === null && this.take(number) === null && this.take(literal) === null) {
      throw new Refused(this.at, first === '"' ? 'the end of the text' : 'a value');
    }
  }

  private members(path: string, depth: number): void {
    this.at += 1;
    if (this.symbol('}')) return;
    do {
      this.skipBlank();
      const begin = this.at;
      const name = this.take(string);
      if (name === null) throw new Refused(begin, 'a name in quotes');
      if (!this.symbol(':')) throw new Refused(this.at, ':');
      this.value(joined(path, JSON.parse(name) as string), depth + 1);
    } while (this.symbol(','));
    if (!this.symbol('}')) throw new Refused(this.at, ', }');
  }

  private elements(path: string, depth: number): void {
    this.at += 1;
    if (this.symbol(']')) return;
    let index = 0;
    do {
      this.value(`${path}[${index}]`, depth + 1);
      index += 1;
    } while (this.symbol(','));
    if (!this.symbol(']')) throw new Refused(this.at, ', ]');
  }

  private symbol(character: string): boolean {
    this.skipBlank();
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private skipBlank(): void {
    this.take(blank);
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }

  private note(path: string): void {
    for (; this.counted < this.at; this.counted += 1) if (this.text[this.counted] === '\n') this.line += 1;
    this.lines.set(path, this.line);
  }
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
