/** Replies of RESP2, as text, one character for each byte. */

export const OK = '+OK\r\n';
export const NIL = '$-1\r\n';

export function simple(text: string): string {
  return `+${text}\r\n`;
}

/** An error. Line breaks are replaced, because one would end the reply. */
export function failure(message: string): string {
  return `-${message.replace(/[\r\n]/g, ' ')}\r\n`;
}

export function integer(value: number): string {
  return `:${value}\r\n`;
}

export function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** An array of replies. An array of bulk strings is also the form of a command. */
export function array(replies: readonly string[]): string {
  return `*${replies.length}\r\n${replies.join('')}`;
}
