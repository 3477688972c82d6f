import { selectorLaws } from '@escapement/conformance';
import type { Duration } from '@escapement/core';
import { EpollSelector, Interest, PollSelector } from '@escapement/io';
import * as posix from '@escapement/posix';
import type { Broken } from './zoo.js';

// In front of the shipped selectors, which are sound.

class AllIsReady extends PollSelector {
  override readyAt(): Interest {
    return Interest.both;
  }
}

class EdgeTriggered extends PollSelector {
  readonly #reported = new Set<number>();
  #fresh: number[] = [];
  override look(): number {
    const ready = Array.from({ length: super.look() }, (_, index) => super.fdAt(index));
    this.#fresh = ready.flatMap((fd, index) => (this.#reported.has(fd) ? [] : [index]));
    this.#reported.clear();
    for (const fd of ready) this.#reported.add(fd);
    return this.#fresh.length;
  }
  override fdAt(index: number): number {
    return super.fdAt(this.#fresh[index] ?? index);
  }
  override readyAt(index: number): Interest {
    return super.readyAt(this.#fresh[index] ?? index);
  }
}

class LooksForLong extends PollSelector {
  override look(): number {
    return super.wait(5) || super.look();
  }
}

class NeverWaits extends PollSelector {
  override wait(): number {
    return super.wait(0);
  }
}

class WaitsForEver extends EpollSelector {
  override wait(duration: Duration): number {
    // -1 is "no limit", and so is what is not a whole number.
    return super.wait(Number.isInteger(duration) ? duration : 200);
  }
}

class LooksAgain extends EpollSelector {
  override look(): number {
    super.look();
    return super.look();
  }
}

class FailsAtClosed extends EpollSelector {
  override watch(fd: number, interest: Interest): boolean {
    if (interest === Interest.none) super.watch(fd, Interest.read);
    return super.watch(fd, interest);
  }
}

/** As the shipped ones were, before this kit found it. */
class RemembersTheWait extends PollSelector {
  #found: [number, Interest][] = [];
  #shown: [number, Interest][] = [];
  override wait(duration: Duration): number {
    const count = super.wait(duration);
    this.#found = Array.from({ length: count }, (_, index) => [super.fdAt(index), super.readyAt(index)]);
    this.#shown = this.#found;
    return count;
  }
  override look(): number {
    const found = this.#found;
    this.#found = [];
    if (found.length === 0) {
      this.#shown = Array.from({ length: super.look() }, (_, index) => [super.fdAt(index), super.readyAt(index)]);
    } else this.#shown = found;
    return this.#shown.length;
  }
  override fdAt(index: number): number {
    return this.#shown[index]![0];
  }
  override readyAt(index: number): Interest {
    return this.#shown[index]![1];
  }
  override close(): void {
    super.close();
    this.#found = [];
  }
}

class Forgiving extends PollSelector {
  override watch(fd: number, interest: Interest): boolean {
    try {
      return super.watch(fd, interest);
    } catch {
      return true;
    }
  }
}

class KeepsFirstInterest extends PollSelector {
  readonly #known = new Map<number, Interest>();
  override watch(fd: number, interest: Interest): boolean {
    const known = this.#known.get(fd);
    if (interest === Interest.none) this.#known.delete(fd);
    else this.#known.set(fd, known ?? interest);
    return super.watch(fd, interest === Interest.none ? interest : (known ?? interest));
  }
  override close(): void {
    this.#known.clear();
    super.close();
  }
}

class OneVersion extends PollSelector {
  override get version(): number {
    return 1;
  }
}

class StaysOpen extends EpollSelector {
  override close(): void {
    posix.pipe();
    super.close();
  }
}

class OverlooksHangUps extends PollSelector {
  readonly #silent = new Uint8Array(0);
  #shown: number[] = [];
  override look(): number {
    const all = Array.from({ length: super.look() }, (_, index) => index);
    this.#shown = all.filter(index => !this.#isAtEnd(super.fdAt(index), super.readyAt(index)));
    return this.#shown.length;
  }
  override fdAt(index: number): number {
    return super.fdAt(this.#shown[index] ?? index);
  }
  override readyAt(index: number): Interest {
    return super.readyAt(this.#shown[index] ?? index);
  }
  /** A poll that asks for nothing finds hang-ups only. */
  #isAtEnd(fd: number, ready: Interest): boolean {
    const list = new posix.PollList(1);
    list.add(fd, this.#silent.length);
    return ready === Interest.both && list.poll(0) > 0;
  }
}

const selector = (
  mistake: string,
  breaks: string,
  make: () => EpollSelector | PollSelector,
  also: readonly string[] = [],
): Broken => ({
  mistake,
  breaks,
  also,
  laws: runner => selectorLaws(runner, { selector: make, system: posix }, { seed: 1 }),
});

export const selectors: readonly Broken[] = [
  selector('reports everything as ready for everything', 'D1', () => new AllIsReady(), ['D5']),
  selector('reports a ready descriptor once', 'D2', () => new EdgeTriggered(), ['D1', 'D9']),
  selector('waits a little in look', 'D3', () => new LooksForLong(), ['D5']),
  selector('does not wait', 'D4', () => new NeverWaits()),
  selector('waits too long for a part of a millisecond', 'D4', () => new WaitsForEver()),
  selector('looks again after a wait', 'D5', () => new LooksAgain()),
  selector('fails when a closed descriptor is removed', 'D6', () => new FailsAtClosed()),
  selector('remembers what a wait found, whatever is watched since', 'D7', () => new RemembersTheWait()),
  selector('takes a descriptor that is not open', 'D8', () => new Forgiving()),
  selector('keeps the first interest', 'D9', () => new KeepsFirstInterest()),
  selector('has one version', 'D10', () => new OneVersion()),
  selector('leaves descriptors open', 'D11', () => new StaysOpen()),
  selector('overlooks that the other side has ended', 'D12', () => new OverlooksHangUps()),
];
