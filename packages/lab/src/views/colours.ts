import pc from 'picocolors';

/** Functions that colour a text, or leave it as it is. */
export type Colours = ReturnType<typeof pc.createColors>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Colours for what can show them; `NO_COLOR` and `FORCE_COLOR` overrule. */
export function coloursFor(stream: { readonly isTTY?: boolean }, env: Environment = process.env): Colours {
  return pc.createColors(wantsColour(stream, env));
}

/** Not what picocolors takes for granted: in a CI's log file, codes are only noise. */
function wantsColour(stream: { readonly isTTY?: boolean }, env: Environment): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}
