/** The code of a worker with all that it imports: a page in one file has no other file to start it from. */
declare module '*?worker' {
  const code: string;
  export default code;
}
