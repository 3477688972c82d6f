import { type Instrument, Instruments, LoopModule } from 'escapement';

/** Prints warnings as output, with `...` for the place: by default they go to the error output, with the place in full. */
const reporter: Instrument = {
  warned: ({ code, message }) => console.log(`${code}: ${message.replace(/at file:\S+/, 'at ...')}`),
};

export const warningsToTheConsole = new LoopModule(({ bind }) => {
  bind(Instruments).toConstantValue(reporter);
});
