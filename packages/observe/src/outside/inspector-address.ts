import { get } from 'node:http';
import type { Duration } from '@escapement/core';

/** The thread of the inspector answers, also while the program's own thread is busy. */
const PATIENCE: Duration = 1000;

/** The address of the WebSocket of the inspector that listens there; undefined if no inspector does. */
export function inspectorAt(host: string, port: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const request = get({ host, port, path: '/json/list', timeout: PATIENCE, agent: false }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(addressIn(text)));
      response.on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

function addressIn(text: string): string | undefined {
  try {
    const [target] = JSON.parse(text) as { webSocketDebuggerUrl?: string }[];
    return target?.webSocketDebuggerUrl;
  } catch {
    return undefined;
  }
}
