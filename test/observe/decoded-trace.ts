import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import protobuf from 'protobufjs';

const schema = protobuf.parse(readFileSync(new URL('../../observe/perfetto.proto', import.meta.url), 'utf8'), {
  keepCase: true,
});
const Trace = schema.root.lookupType('perfetto.protos.Trace');

/** A slice; without an end if it is open at the end of the trace. Times are in milliseconds. */
export interface Slice {
  readonly name: string;
  readonly start: number;
  end?: number;
  readonly args: Record<string, unknown>;
}

export interface Instant {
  readonly name: string;
  readonly time: number;
  readonly args: Record<string, unknown>;
}

export interface Track {
  readonly uuid: number;
  readonly name: string;
  readonly parent: Track | undefined;
  readonly rank: number | undefined;
  readonly slices: Slice[];
  readonly instants: Instant[];
  readonly counts: { readonly time: number; readonly value: number }[];
}

/** From slice to slice, as an arrow is drawn. */
export interface Flow {
  readonly from: { readonly track: string; readonly slice: Slice };
  readonly to: { readonly track: string; readonly slice: Slice };
}

export interface DecodedTrace {
  readonly tracks: readonly Track[];
  readonly flows: readonly Flow[];
}

interface Named {
  readonly iid: number;
  readonly name: string;
}

interface Packet {
  readonly timestamp?: number;
  readonly timestamp_clock_id?: number;
  readonly trusted_packet_sequence_id?: number;
  readonly sequence_flags?: number;
  readonly first_packet_on_sequence?: boolean;
  readonly trace_packet_defaults?: { readonly timestamp_clock_id: number };
  readonly interned_data?: { readonly event_names?: Named[]; readonly debug_annotation_names?: Named[] };
  readonly clock_snapshot?: { readonly clocks: { readonly clock_id: number; readonly timestamp: number }[] };
  readonly track_descriptor?: {
    readonly uuid: number;
    readonly name: string;
    readonly parent_uuid?: number;
    readonly sibling_order_rank?: number;
    readonly sibling_merge_behavior: string;
    readonly counter?: { readonly unit: string };
  };
  readonly track_event?: {
    readonly type: string;
    readonly track_uuid: number;
    readonly name_iid?: number;
    readonly counter_value?: number;
    readonly flow_ids?: number[];
    readonly terminating_flow_ids?: number[];
    readonly debug_annotations?: Record<string, unknown>[];
  };
}

/** Reads a trace as Perfetto does, and holds it to the rules of the format. */
export function decodeTrace(bytes: Uint8Array): DecodedTrace {
  const message = Trace.decode(bytes);
  // A field that the schema does not know would be missing.
  const known = Trace.encode(message).finish();
  expect(known.length, 'all fields are in the schema, with its types').to.equal(bytes.length);
  const { packet = [] } = Trace.toObject(message, { longs: Number, enums: String }) as { packet?: Packet[] };
  const reader = new Reader();
  for (const each of packet) reader.read(each);
  return { tracks: [...reader.tracks.values()], flows: reader.flows };
}

/** Cheaper than an assertion of chai: there are many. */
function check(holds: boolean, expected: string): void {
  if (!holds) throw new Error(`the trace lacks ${expected}`);
}

class Reader {
  readonly tracks = new Map<number, Track>();
  readonly flows: Flow[] = [];
  readonly #sequences = new Map<number, Sequence>();
  readonly #started = new Map<number, Flow['from']>();

  read(packet: Packet): void {
    const sequence = this.#sequenceOf(packet);
    for (const { iid, name } of packet.interned_data?.event_names ?? []) sequence.add(sequence.events, iid, name);
    for (const { iid, name } of packet.interned_data?.debug_annotation_names ?? []) {
      sequence.add(sequence.annotations, iid, name);
    }
    if (packet.clock_snapshot !== undefined) sequence.clocks = packet.clock_snapshot.clocks;
    if (packet.track_descriptor !== undefined) this.#addTrack(packet.track_descriptor);
    if (packet.track_event !== undefined) this.#addEvent(sequence, packet, packet.track_event);
  }

  #sequenceOf(packet: Packet): Sequence {
    const id = packet.trusted_packet_sequence_id!;
    check(id > 0, 'a sequence');
    if (packet.sequence_flags === 1) {
      check(packet.first_packet_on_sequence === true, 'the first packet');
      this.#sequences.set(id, new Sequence(packet.trace_packet_defaults!.timestamp_clock_id));
    }
    check(this.#sequences.has(id), 'the state of the sequence');
    return this.#sequences.get(id)!;
  }

  #addTrack(given: NonNullable<Packet['track_descriptor']>): void {
    const { uuid, name, parent_uuid, sibling_order_rank, counter } = given;
    expect(this.tracks.has(uuid), `${name} is new`).to.equal(false);
    expect(given.sibling_merge_behavior).to.equal('SIBLING_MERGE_BEHAVIOR_NONE');
    if (counter !== undefined) expect(counter.unit).to.equal('UNIT_TIME_NS');
    const parent = parent_uuid === undefined ? undefined : this.tracks.get(parent_uuid);
    expect(parent === undefined, 'it has no parent').to.equal(parent_uuid === undefined);
    this.tracks.set(uuid, { uuid, name, parent, rank: sibling_order_rank, slices: [], instants: [], counts: [] });
  }

  #addEvent(sequence: Sequence, packet: Packet, event: NonNullable<Packet['track_event']>): void {
    const track = this.tracks.get(event.track_uuid)!;
    check(track !== undefined, 'a track that was described before');
    const time = sequence.bootTime(packet) / 1e6;
    check(time >= (sequence.times.get(track.uuid) ?? 0), 'time that goes forward on each track');
    sequence.times.set(track.uuid, time);
    const name = event.name_iid === undefined ? '' : sequence.events.get(event.name_iid)!;
    const args = sequence.argsOf(event.debug_annotations ?? []);
    const open = track.slices.at(-1);
    if (event.type === 'TYPE_COUNTER') track.counts.push({ time, value: event.counter_value! });
    else if (event.type === 'TYPE_INSTANT') track.instants.push({ name, time, args });
    else if (event.type === 'TYPE_SLICE_END') {
      check(open !== undefined && open.end === undefined, 'an open slice that ends');
      open!.end = time;
      Object.assign(open!.args, args);
    } else {
      check(open === undefined || open.end !== undefined, 'no open slice when one begins');
      const slice = { name, start: time, args };
      track.slices.push(slice);
      for (const flow of event.flow_ids ?? []) this.#started.set(flow, { track: track.name, slice });
      for (const flow of event.terminating_flow_ids ?? []) this.#endFlow(flow, { track: track.name, slice });
    }
  }

  #endFlow(id: number, to: Flow['to']): void {
    const from = this.#started.get(id)!;
    check(from !== undefined, 'a flow that has started');
    this.#started.delete(id);
    this.flows.push({ from, to });
  }
}

class Sequence {
  readonly events = new Map<number, string>();
  readonly annotations = new Map<number, string>();
  readonly times = new Map<number, number>();
  clocks: readonly { readonly clock_id: number; readonly timestamp: number }[] = [];

  constructor(private readonly clock: number) {}

  add(names: Map<number, string>, iid: number, name: string): void {
    check(iid > 0 && !names.has(iid), 'a new number for a name');
    names.set(iid, name);
  }

  /** In nanoseconds. */
  bootTime({ timestamp, timestamp_clock_id = this.clock }: Packet): number {
    const own = this.clocks.find(({ clock_id }) => clock_id === timestamp_clock_id)!;
    const boot = this.clocks.find(({ clock_id }) => clock_id === 6)!;
    return timestamp! - own.timestamp + boot.timestamp;
  }

  argsOf(annotations: readonly Record<string, unknown>[]): Record<string, unknown> {
    return Object.fromEntries(
      annotations.map(({ name_iid, string_value, int_value, double_value }) => {
        const name = this.annotations.get(name_iid as number);
        check(name !== undefined, 'a name of an argument');
        return [name, string_value ?? int_value ?? double_value];
      }),
    );
  }
}

/** The track of the only task with that name. */
export function trackOf({ tracks }: DecodedTrace, name: string): Track {
  const found = tracks.filter(track => track.name === name);
  expect(found, `tracks named ${name}`).to.have.lengthOf(1);
  return found[0]!;
}
