import { describe, it } from 'node:test';
import { handlerLaws } from '@escapement/conformance';
import { Sleep, SleepHandler } from 'escapement';

handlerLaws(
  { describe, it },
  { handler: clock => new SleepHandler(clock), timed: until => new Sleep(until), ordered: true },
);
