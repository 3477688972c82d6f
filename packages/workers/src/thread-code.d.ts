/** The code of a thread, with all that it imports, as a string: scripts/bundle.mjs puts it there. */
declare module '*?thread' {
  const code: string;
  export default code;
}
