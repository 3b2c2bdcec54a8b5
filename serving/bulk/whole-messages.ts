import { Message } from 'apache-arrow';

/** Room for a body grows as its bytes come in: what a message says of its length may be anything. */
const firstRoomBytes = 1 << 20;
const prefixBytes = 8;
/** Room for record batches is kept for the requests to come: to give it back and take it anew would call the collector of garbage. */
const mostSpareRooms = 4;
const largestSpareBytes = 16 << 20;
const spareRooms: Uint8Array<ArrayBuffer>[] = [];
const continuation = -1;

/**
 * The chunks of an Arrow IPC stream cut where its messages end, so that Arrow's reader looks at a body where it lies instead of joining
 * the chunks that it came in. A record batch is overwritten by the next one: whoever reads on is done with it. What is no such stream
 * (a file, or nothing known) comes out as it went in.
 */
export async function* toWholeMessages(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = createSource(chunks);
  let room = spareRooms.pop() ?? new Uint8Array(0);
  try {
    for (;;) {
      const prefix = await source.read(prefixBytes);
      if (prefix.length > 0) yield prefix;
      const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.length);
      const isMessage = prefix.length === prefixBytes && view.getInt32(0, true) === continuation;
      const metadataBytes = isMessage ? view.getInt32(4, true) : 0;
      if (metadataBytes <= 0) break;
      const metadata = await source.read(metadataBytes);
      yield metadata;
      if (metadata.length < metadataBytes) return;
      const message = Message.decode(metadata);
      // Dictionaries outlive the batch that they come before.
      const target = message.isRecordBatch() ? room : new Uint8Array(0);
      const body = await source.read(message.bodyLength, target);
      if (message.isRecordBatch() && body.buffer !== room.buffer) room = new Uint8Array(body.buffer);
      if (body.length > 0) yield body;
    }
    yield* source.rest();
  } finally {
    if (spareRooms.length < mostSpareRooms && room.length <= largestSpareBytes) spareRooms.push(room);
  }
}

interface Source {
  /** The next bytes, into `room` as far as it goes, and beyond it into room of their own; fewer only at the end. */
  read(bytes: number, room?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** What has not been read. */
  rest(): AsyncGenerator<Uint8Array>;
}

function createSource(chunks: AsyncIterable<Uint8Array>): Source {
  const iterator = chunks[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  /** False at the end. */
  const fetch = async (): Promise<boolean> => {
    while (chunk.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return false;
      chunk = next.value;
    }
    return true;
  };
  return {
    async read(bytes, room = new Uint8Array(Math.min(bytes, firstRoomBytes))) {
      let target = room;
      let filled = 0;
      while (filled < bytes && (await fetch())) {
        const taken = Math.min(chunk.length, bytes - filled);
        if (filled + taken > target.length) target = enlarge(target, filled, filled + taken, bytes);
        target.set(taken === chunk.length ? chunk : chunk.subarray(0, taken), filled);
        chunk = chunk.subarray(taken);
        filled += taken;
      }
      return target.subarray(0, filled);
    },
    async *rest() {
      while (await fetch()) {
        const all = chunk;
        chunk = new Uint8Array(0);
        yield all;
      }
    },
  };
}

/** At least twice as large, but no larger than what may come. */
function enlarge(from: Uint8Array, filled: number, needed: number, most: number): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(Math.min(most, Math.max(needed, 2 * from.length, firstRoomBytes)));
  to.set(from.subarray(0, filled));
  return to;
}
