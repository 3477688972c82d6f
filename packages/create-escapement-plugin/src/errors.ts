/** What `CreateError.code` says was wrong. */
export type CreateErrorCode =
  | 'ESC_CREATE_USAGE'
  | 'ESC_CREATE_MISSING_ANSWER'
  | 'ESC_CREATE_INVALID_NAME'
  | 'ESC_CREATE_UNKNOWN_KIND'
  | 'ESC_CREATE_UNKNOWN_LANGUAGE'
  | 'ESC_CREATE_FOLDER_IN_USE';

/** The plugin cannot be made as it was asked for. The message says what to write instead; nothing has been written. */
export class CreateError extends Error {
  static override readonly name = 'CreateError';
  override readonly name = 'CreateError';

  constructor(
    readonly code: CreateErrorCode,
    message: string,
  ) {
    super(message);
  }
}
