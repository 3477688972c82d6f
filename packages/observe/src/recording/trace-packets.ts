import { PbfWriter } from 'pbf';

// The numbers of the fields that are written, from https://github.com/google/perfetto, protos/perfetto/trace (version 58):
// trace.proto, trace_packet.proto, trace_packet_defaults.proto, clock_snapshot.proto, interned_data/interned_data.proto, and in
// track_event/: track_event.proto, track_descriptor.proto, counter_descriptor.proto, debug_annotation.proto.
const TRACE = { packet: 1 };
const PACKET = {
  clockSnapshot: 6,
  timestamp: 8,
  sequence: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  defaults: 59,
  trackDescriptor: 60,
  isFirst: 87,
};
const DEFAULTS = { timestampClock: 58 };
const CLOCK_SNAPSHOT = { clocks: 1 };
const CLOCK = { id: 1, timestamp: 2 };
const INTERNED_DATA = { eventNames: 2, annotationNames: 3 };
const INTERNED_NAME = { id: 1, name: 2 };
const TRACK = { uuid: 1, name: 2, parent: 5, counter: 8, childOrdering: 11, siblingRank: 12, siblingMerge: 15 };
const COUNTER = { unit: 3 };
const EVENT = { annotations: 4, type: 9, nameId: 10, track: 11, counter: 30, flows: 47, terminatingFlows: 48 };
const ANNOTATION = { nameId: 1, int: 4, double: 5, string: 6 };

const STATE_CLEARED = 1;
const NEEDS_STATE = 2;
const BOOT_TIME = 6;
/** The first of the numbers for clocks that only the packets of one sequence know. */
const OWN_CLOCK = 64;
/** Children in the order of `rank`. */
const EXPLICIT_ORDER = 3;
/** Else tracks of one name and parent become one. */
const MERGE_NONE = 2;
const UNIT_NANOSECONDS = 1;

const SLICE_BEGIN = 1;
const SLICE_END = 2;
const INSTANT = 3;
const COUNTER_VALUE = 4;

/** What is shown of a slice or an instant when it is selected. Undefined ones are left out. */
export type Annotations = Readonly<Record<string, string | number | undefined>>;

/** A track, which holds slices and instants, or a counter of nanoseconds. */
export interface Track {
  readonly uuid: number;
  readonly name: string;
  readonly parent?: number;
  /** Among its siblings. */
  readonly rank?: number;
  readonly isCounter?: boolean;
}

/** Writes the packets of one trace file. Times are whole nanoseconds, 0 or more. */
export class TracePackets {
  readonly #pbf = new PbfWriter(new Uint8Array(2 ** 16));
  readonly #eventNames = new Interned();
  readonly #annotationNames = new Interned();

  /**
   * @param sequence a number for all packets of one writer, 1 or more
   * @param now a time on the clock of the events, which becomes the clock of the trace
   */
  constructor(
    private readonly sequence: number,
    now: number,
  ) {
    this.#packet(STATE_CLEARED, pbf => {
      pbf.writeBooleanField(PACKET.isFirst, true);
      pbf.writeMessage(PACKET.defaults, writeDefaults, undefined);
    });
    this.#packet(NEEDS_STATE, pbf => pbf.writeMessage(PACKET.clockSnapshot, writeClocks, now));
  }

  track(track: Track): void {
    this.#packet(NEEDS_STATE, pbf => pbf.writeMessage(PACKET.trackDescriptor, writeTrack, track));
  }

  /** Begins a slice. The flows that start in it are drawn to the slice with the same number in `flowsTo`. */
  begin(
    track: number,
    time: number,
    name: string,
    args: Annotations = {},
    from: readonly number[] = [],
    to: readonly number[] = [],
  ): void {
    this.#event(SLICE_BEGIN, track, time, name, args, pbf => {
      for (const flow of from) pbf.writeFixed64Field(EVENT.flows, flow);
      for (const flow of to) pbf.writeFixed64Field(EVENT.terminatingFlows, flow);
    });
  }

  /** Ends the slice that began last on the track. */
  end(track: number, time: number, args: Annotations = {}): void {
    this.#event(SLICE_END, track, time, undefined, args);
  }

  instant(track: number, time: number, name: string, args: Annotations = {}): void {
    this.#event(INSTANT, track, time, name, args);
  }

  count(track: number, time: number, value: number): void {
    this.#event(COUNTER_VALUE, track, time, undefined, {}, pbf => pbf.writeVarintField(EVENT.counter, value));
  }

  /** The whole file. */
  finish(): Uint8Array {
    return this.#pbf.finish().slice();
  }

  #event(
    type: number,
    track: number,
    time: number,
    name: string | undefined,
    args: Annotations,
    more?: (pbf: PbfWriter) => void,
  ): void {
    const nameId = name === undefined ? undefined : this.#eventNames.idOf(name);
    const annotations = Object.entries(args).filter(([, value]) => value !== undefined);
    const annotationIds = annotations.map(([key]) => this.#annotationNames.idOf(key));
    this.#packet(NEEDS_STATE, pbf => {
      pbf.writeVarintField(PACKET.timestamp, time);
      if (this.#eventNames.hasNew || this.#annotationNames.hasNew) {
        pbf.writeMessage(PACKET.internedData, this.#writeInterned, undefined);
      }
      pbf.writeMessage(
        PACKET.trackEvent,
        () => {
          pbf.writeVarintField(EVENT.type, type);
          pbf.writeVarintField(EVENT.track, track);
          if (nameId !== undefined) pbf.writeVarintField(EVENT.nameId, nameId);
          for (const [index, [, value]] of annotations.entries()) {
            pbf.writeMessage(EVENT.annotations, writeAnnotation, { nameId: annotationIds[index]!, value: value! });
          }
          more?.(pbf);
        },
        undefined,
      );
    });
  }

  readonly #writeInterned = (_: undefined, pbf: PbfWriter): void => {
    for (const entry of this.#eventNames.takeNew()) pbf.writeMessage(INTERNED_DATA.eventNames, writeInterned, entry);
    for (const entry of this.#annotationNames.takeNew()) {
      pbf.writeMessage(INTERNED_DATA.annotationNames, writeInterned, entry);
    }
  };

  #packet(flags: number, content: (pbf: PbfWriter) => void): void {
    this.#pbf.writeMessage(
      TRACE.packet,
      (_, pbf) => {
        pbf.writeVarintField(PACKET.sequence, this.sequence);
        pbf.writeVarintField(PACKET.sequenceFlags, flags);
        content(pbf);
      },
      undefined,
    );
  }
}

type Entry = readonly [name: string, id: number];

/** Names that are written once; then their numbers stand for them. */
class Interned {
  readonly #ids = new Map<string, number>();
  #new: Entry[] = [];

  get hasNew(): boolean {
    return this.#new.length > 0;
  }

  idOf(name: string): number {
    let id = this.#ids.get(name);
    if (id !== undefined) return id;
    id = this.#ids.size + 1;
    this.#ids.set(name, id);
    this.#new.push([name, id]);
    return id;
  }

  takeNew(): readonly Entry[] {
    const taken = this.#new;
    this.#new = [];
    return taken;
  }
}

function writeDefaults(_: undefined, pbf: PbfWriter): void {
  pbf.writeVarintField(DEFAULTS.timestampClock, OWN_CLOCK);
}

/** Perfetto shows boot time. The loop's own clock becomes that, so virtual time works, too. */
function writeClocks(now: number, pbf: PbfWriter): void {
  for (const id of [OWN_CLOCK, BOOT_TIME]) {
    pbf.writeMessage(
      CLOCK_SNAPSHOT.clocks,
      () => {
        pbf.writeVarintField(CLOCK.id, id);
        pbf.writeVarintField(CLOCK.timestamp, now);
      },
      undefined,
    );
  }
}

function writeTrack({ uuid, name, parent, rank, isCounter = false }: Track, pbf: PbfWriter): void {
  pbf.writeVarintField(TRACK.uuid, uuid);
  pbf.writeStringField(TRACK.name, name);
  if (parent !== undefined) pbf.writeVarintField(TRACK.parent, parent);
  pbf.writeVarintField(TRACK.childOrdering, EXPLICIT_ORDER);
  if (rank !== undefined) pbf.writeVarintField(TRACK.siblingRank, rank);
  pbf.writeVarintField(TRACK.siblingMerge, MERGE_NONE);
  if (isCounter) pbf.writeMessage(TRACK.counter, writeCounter, undefined);
}

function writeCounter(_: undefined, pbf: PbfWriter): void {
  pbf.writeVarintField(COUNTER.unit, UNIT_NANOSECONDS);
}

function writeInterned([name, id]: Entry, pbf: PbfWriter): void {
  pbf.writeVarintField(INTERNED_NAME.id, id);
  pbf.writeStringField(INTERNED_NAME.name, name);
}

function writeAnnotation({ nameId, value }: { nameId: number; value: string | number }, pbf: PbfWriter): void {
  pbf.writeVarintField(ANNOTATION.nameId, nameId);
  if (typeof value === 'string') pbf.writeStringField(ANNOTATION.string, value);
  else if (Number.isSafeInteger(value)) pbf.writeVarintField(ANNOTATION.int, value);
  else pbf.writeDoubleField(ANNOTATION.double, value);
}
