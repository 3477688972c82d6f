/** The part of cli-progress that is used here; it has no types of its own. */
declare module 'cli-progress' {
  export interface BarOptions {
    readonly format: string;
    readonly stream: { write(text: string): unknown };
    readonly fps: number;
    readonly barsize: number;
    readonly clearOnComplete: boolean;
  }

  export class SingleBar {
    constructor(options: BarOptions);
    start(total: number, value: number, payload: object): void;
    update(value: number, payload: object): void;
    render(): void;
    stop(): void;
  }
}
