import { createMemory, type WasmMemory } from './wasm.ts';

const pageBytes = 65_536;
const vectorBytes = 16;

/** Memory of one compiled model, handed out piece by piece before it is used. */
export interface Arena {
  /** Byte offset of room for so many floats. */
  reserve(floats: number): number;
  /** Ends the reserving; the memory has its final size from now on. */
  close(): { readonly memory: WasmMemory; floats(offset: number, length: number): Float32Array };
}

export function createArena(): Arena {
  let used = 0;
  return {
    reserve(floats) {
      const offset = used;
      used += Math.ceil((4 * floats) / vectorBytes) * vectorBytes;
      return offset;
    },
    close() {
      const memory = createMemory(Math.max(1, Math.ceil(used / pageBytes)));
      return { memory, floats: (offset, length) => new Float32Array(memory.buffer, offset, length) };
    },
  };
}
