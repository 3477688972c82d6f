/** The command line asks for something that cannot be done; the message says what would do. */
export class UsageError extends Error {}
