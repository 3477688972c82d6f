import { openPipe, type StreamEvent } from '@escapement/net';
import { all } from 'escapement';
import { byteLaws } from '../support/byte-laws.js';
import { netLoop } from './net-loop.js';

const RUNS = Number(process.env.NET_MODEL_RUNS ?? 150);

describe('net: bytes, however they are split', () => {
  byteLaws<StreamEvent>('1. ', RUNS, (write, read) =>
    netLoop('busy-wait').loop.runSync(function* () {
      const { reader, writer } = openPipe();
      try {
        const [, value] = yield* all([write(writer), read(reader)]);
        return value;
      } finally {
        reader.close();
        writer.close();
      }
    }),
  );
});
