import { type Cores, outputOf, works } from '../../system/commands.js';

export interface WrkReport {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Connections that were refused, reset or timed out, and answers without a status 2xx or 3xx. */
  readonly errors: number;
}

export interface WrkOptions {
  readonly cores: Cores;
  readonly connections: number;
  /** A whole number. */
  readonly seconds: number;
}

export function hasWrk(): boolean {
  return works('sh', '-c', 'command -v wrk');
}

/** Runs wrk, which sends the next request as soon as it has an answer. */
export async function runWrk(port: number, { cores, connections, seconds }: WrkOptions): Promise<WrkReport> {
  const command = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, `http://127.0.0.1:${port}/`];
  return parseWrk(await outputOf(cores.forClient(command)));
}

/** @throws if `output` has no figures */
export function parseWrk(output: string): WrkReport {
  const [, requests] = /^\s*(\d+) requests in /m.exec(output) ?? [];
  const [, rate] = /^Requests\/sec:\s*([\d.]+)/m.exec(output) ?? [];
  if (requests === undefined || rate === undefined) throw new Error(`wrk printed no figures: ${output}`);
  const [, failed = ''] = /^\s*Socket errors: (.*)$/m.exec(output) ?? [];
  const [, refused = 0] = /^\s*Non-2xx or 3xx responses: (\d+)/m.exec(output) ?? [];
  const errors = [...failed.matchAll(/\d+/g)].reduce((sum, [count]) => sum + Number(count), Number(refused));
  return { requests: Number(requests), requestsPerSecond: Number(rate), errors };
}
