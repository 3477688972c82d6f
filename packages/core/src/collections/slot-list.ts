/** @internal */
export interface ListMember {
  /** Its index; only the list uses it. */
  place: number;
}

const NO_SLOTS: never[] = [];

/**
 * @internal A list with removal in O(1): a removed member leaves a hole, and `add` closes the holes once they are the
 * majority. A linked list would cost two more cache misses per removal, a Set more memory.
 */
export class SlotList<T extends ListMember> implements Iterable<T> {
  #slots: (T | undefined)[] = NO_SLOTS;
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add(member: T): void {
    if (this.#size === 0) {
      member.place = 0;
      // Not with `push`, which makes room for 16 more: most lists have one member.
      this.#slots = [member];
    } else {
      if (this.#slots.length > 32 && this.#slots.length > 2 * this.#size) this.#closeHoles();
      member.place = this.#slots.length;
      this.#slots.push(member);
    }
    this.#size++;
  }

  remove(member: T): void {
    this.#slots[member.place] = undefined;
    this.#size--;
    if (this.#size === 0) this.#slots = NO_SLOTS;
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    // By index, because members may be added and removed meanwhile.
    for (let place = 0; place < this.#slots.length; place++) {
      const member = this.#slots[place];
      if (member !== undefined) yield member;
    }
  }

  #closeHoles(): void {
    let kept = 0;
    for (const member of this.#slots) {
      if (member === undefined) continue;
      member.place = kept;
      this.#slots[kept++] = member;
    }
    this.#slots.length = kept;
  }
}
