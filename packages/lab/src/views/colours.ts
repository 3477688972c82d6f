import pc from 'picocolors';

/** Functions that colour a text, or return it unchanged. */
export type Colours = ReturnType<typeof pc.createColors>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Colours if `stream` is a terminal; `NO_COLOR` and `FORCE_COLOR` override that. */
export function coloursFor(stream: { readonly isTTY?: boolean }, env: Environment = process.env): Colours {
  return pc.createColors(wantsColour(stream, env));
}

/** Unlike picocolors, uses no colours in the log of a CI. */
function wantsColour(stream: { readonly isTTY?: boolean }, env: Environment): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}
