/** In milliseconds: in this time, what is written to pipes and sockets can reach them. */
const PATIENCE = 1000;

/**
 * @internal Lets the process end with an exit code, as soon as nothing keeps it alive; after a second in any case. An exit code
 * that the program has set stays.
 */
export function endProcess(exitCode: number): void {
  process.exitCode ||= exitCode;
  setTimeout(() => process.exit(), PATIENCE).unref();
}
