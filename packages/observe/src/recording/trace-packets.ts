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

interface TraceEvent {
  readonly type: number;
  readonly track: number;
  readonly time: number;
  readonly name?: number;
  readonly args: readonly Annotation[];
  /** The flows that begin here, and that which ends here. */
  readonly from?: readonly number[] | undefined;
  readonly to?: number | undefined;
  readonly count?: number;
}

interface Annotation {
  readonly name: number;
  readonly value: string | number;
}

const NO_ARGS: readonly Annotation[] = [];

/** Writes the packets of one trace file. Times are whole nanoseconds, 0 or more. */
export class TracePackets {
  readonly #pbf: PbfWriter;
  readonly #eventNames = new Interned();
  readonly #argNames = new Interned();

  /**
   * @param sequence a number for all packets of one writer, 1 or more
   * @param now a time on the clock of the events, which becomes the clock of the trace
   * @param size about how many bytes will be written: growing costs more than writing
   */
  constructor(
    private readonly sequence: number,
    now: number,
    size: number,
  ) {
    this.#pbf = new PbfWriter(new Uint8Array(size));
    this.#packet((_, pbf) => {
      pbf.writeVarintField(PACKET.sequenceFlags, STATE_CLEARED);
      pbf.writeBooleanField(PACKET.isFirst, true);
      pbf.writeMessage(PACKET.defaults, writeDefaults, undefined);
    }, undefined);
    this.#packet(writeClockPacket, now);
  }

  track(track: Track): void {
    this.#packet(writeTrackPacket, track);
  }

  /**
   * Begins a slice.
   * @param from the numbers of the flows that lead from this slice
   * @param to the number of the flow that leads to this slice
   */
  begin(track: number, time: number, name: string, args?: Annotations, from?: readonly number[], to?: number): void {
    this.#event({
      type: SLICE_BEGIN,
      track,
      time,
      name: this.#eventNames.idOf(name),
      args: this.#argsOf(args),
      from,
      to,
    });
  }

  /** Ends the slice that began last on the track. */
  end(track: number, time: number, args?: Annotations): void {
    this.#event({ type: SLICE_END, track, time, args: this.#argsOf(args) });
  }

  instant(track: number, time: number, name: string, args?: Annotations): void {
    this.#event({ type: INSTANT, track, time, name: this.#eventNames.idOf(name), args: this.#argsOf(args) });
  }

  count(track: number, time: number, count: number): void {
    this.#event({ type: COUNTER_VALUE, track, time, args: NO_ARGS, count });
  }

  /** The whole file. */
  finish(): Uint8Array {
    const file = this.#pbf.finish();
    return 2 * file.length < file.buffer.byteLength ? file.slice() : file;
  }

  #argsOf(args: Annotations | undefined): readonly Annotation[] {
    if (args === undefined) return NO_ARGS;
    const given: Annotation[] = [];
    for (const key in args) {
      const value = args[key];
      if (value !== undefined) given.push({ name: this.#argNames.idOf(key), value });
    }
    return given;
  }

  #event(event: TraceEvent): void {
    this.#packet(this.#writeEventPacket, event);
  }

  readonly #writeEventPacket = (event: TraceEvent, pbf: PbfWriter): void => {
    pbf.writeVarintField(PACKET.sequenceFlags, NEEDS_STATE);
    pbf.writeVarintField(PACKET.timestamp, event.time);
    if (this.#eventNames.hasNew || this.#argNames.hasNew) {
      pbf.writeMessage(PACKET.internedData, this.#writeInterned, undefined);
    }
    pbf.writeMessage(PACKET.trackEvent, writeEvent, event);
  };

  readonly #writeInterned = (_: undefined, pbf: PbfWriter): void => {
    for (const entry of this.#eventNames.takeNew()) pbf.writeMessage(INTERNED_DATA.eventNames, writeInterned, entry);
    for (const entry of this.#argNames.takeNew()) {
      pbf.writeMessage(INTERNED_DATA.annotationNames, writeInterned, entry);
    }
  };

  #packet<T>(write: (content: T, pbf: PbfWriter) => void, content: T): void {
    this.#pbf.writeMessage(
      TRACE.packet,
      (given: T, pbf) => {
        pbf.writeVarintField(PACKET.sequence, this.sequence);
        write(given, pbf);
      },
      content,
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

function writeEvent({ type, track, name, args, from, to, count }: TraceEvent, pbf: PbfWriter): void {
  pbf.writeVarintField(EVENT.type, type);
  pbf.writeVarintField(EVENT.track, track);
  if (name !== undefined) pbf.writeVarintField(EVENT.nameId, name);
  for (const arg of args) pbf.writeMessage(EVENT.annotations, writeAnnotation, arg);
  if (from !== undefined) for (const flow of from) pbf.writeFixed64Field(EVENT.flows, flow);
  if (to !== undefined) pbf.writeFixed64Field(EVENT.terminatingFlows, to);
  if (count !== undefined) pbf.writeVarintField(EVENT.counter, count);
}

function writeDefaults(_: undefined, pbf: PbfWriter): void {
  pbf.writeVarintField(DEFAULTS.timestampClock, OWN_CLOCK);
}

function writeClockPacket(now: number, pbf: PbfWriter): void {
  pbf.writeVarintField(PACKET.sequenceFlags, NEEDS_STATE);
  pbf.writeMessage(PACKET.clockSnapshot, writeClocks, now);
}

function writeTrackPacket(track: Track, pbf: PbfWriter): void {
  pbf.writeVarintField(PACKET.sequenceFlags, NEEDS_STATE);
  pbf.writeMessage(PACKET.trackDescriptor, writeTrack, track);
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

function writeAnnotation({ name, value }: Annotation, pbf: PbfWriter): void {
  pbf.writeVarintField(ANNOTATION.nameId, name);
  if (typeof value === 'string') pbf.writeStringField(ANNOTATION.string, value);
  else if (Number.isSafeInteger(value)) pbf.writeVarintField(ANNOTATION.int, value);
  else pbf.writeDoubleField(ANNOTATION.double, value);
}
