import { safely } from '../errors/describe.js';
import { EscapementError } from '../errors/escapement-error.js';
import { VERSION } from '../errors/version.js';

/** A copy of this package. Its classes are not those of another copy, even if both have one version. */
interface CoreCopy {
  readonly version: string;
  /** The folder or the bundle. */
  readonly place: string;
}

/** @internal Registered, so that all copies read each other's brand: the prototypes of events and plugins have it. */
export const COPY = Symbol.for('escapement.core.copy');

const url = (import.meta as unknown as { url?: string }).url ?? 'an unknown place';

/** @internal */
export const thisCopy: CoreCopy = {
  version: VERSION,
  place: url.replace(/(?:bundle|(?:dist|src)\/events)\/[^/]*$/, ''),
};

/** @internal The copy that `value` is of, if it is another than this one. */
export function otherCopyOf(value: unknown): CoreCopy | undefined {
  const copy = safely(() => (value as { [COPY]?: CoreCopy } | null | undefined)?.[COPY]);
  return copy === thisCopy ? undefined : copy;
}

/** @internal A sentence for an error. */
export function adviceForCopy({ version, place }: CoreCopy): string {
  const copies = `${version} at ${place} and ${thisCopy.version} at ${thisCopy.place}`;
  return `Two copies of @escapement/core are loaded, ${copies}, and what one makes is unknown to the other. \`npm dedupe\` leaves one; a package that shares events with its users must name @escapement/core in its peerDependencies.`;
}

/** A loop was given a plugin that is made with another copy of this package. Thrown when the loop is built. */
export class TwoCopiesError extends EscapementError {
  static override readonly name = 'TwoCopiesError';
  override readonly code = 'ESC_TWO_COPIES';

  private constructor(fault: string) {
    super(fault);
  }

  /**
   * For modules of plugins: checks a class or an object that a plugin comes from.
   *
   * @param what who got what: `createLoop got the class EventHandler as a token`
   * @throws TwoCopiesError
   */
  static check(what: string, given: unknown): void {
    const copy = otherCopyOf(given) ?? otherCopyOf(safely(() => (given as { prototype?: unknown }).prototype));
    if (copy !== undefined)
      throw new TwoCopiesError(`${what}, of another copy of @escapement/core. ${adviceForCopy(copy)}`);
  }
}
