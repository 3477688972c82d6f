const HOME = '\x1b[H';
const CLEAR_SCREEN = '\x1b[2J';
const CLEAR_LINE = '\x1b[K';
const CLEAR_REST = '\x1b[J';

/** Shows one text after the other: on a terminal in the same place, without flicker; else below each other. */
export class Screen {
  #isFirst = true;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show(text: string): void {
    this.stream.write(this.stream.isTTY ? this.#redrawn(text) : `${this.#isFirst ? '' : '\n'}${text}\n`);
    this.#isFirst = false;
  }

  #redrawn(text: string): string {
    const lines = text.split('\n');
    // The cursor stays in the last row, which must not scroll. 0 rows: the terminal does not know.
    const room = (this.stream.rows || Infinity) - 1;
    const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `${lines.length - room + 1} more lines`];
    const start = this.#isFirst ? CLEAR_SCREEN + HOME : HOME;
    return `${start}${shown.map(line => `${line}${CLEAR_LINE}\n`).join('')}${CLEAR_REST}`;
  }
}
