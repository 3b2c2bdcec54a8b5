import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { loadNativeKernels } from './native-kernels.ts';

/** A file of little-endian floats. */
export interface FloatFile {
  readonly length: number;
  /** Fills `target` with the floats from that index on. */
  read(target: Float32Array, from: number): void;
  close(): void;
}

/** More than this one call doesn't read. */
const mostBytes = 2 ** 30;

/** A file whose floats are read when they are asked for. */
export function openFloats(path: string): FloatFile {
  const file = openSync(path, 'r');
  return {
    length: fstatSync(file).size / Float32Array.BYTES_PER_ELEMENT,
    read(target, from) {
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      const first = from * Float32Array.BYTES_PER_ELEMENT;
      for (let at = 0; at < bytes.length;) {
        const read = readSync(file, bytes, at, Math.min(mostBytes, bytes.length - at), first + at);
        if (read === 0) throw new Error(`${path} ends before byte ${first + bytes.length}`);
        at += read;
      }
    },
    close: () => closeSync(file),
  };
}

/** A file's floats, all in memory. */
export interface MappedFloats {
  readonly values: Float32Array;
  /** The values are gone afterwards. */
  release(): void;
}

/** Maps a file, whose pages all processes share; where the addon is missing it is read into memory of this process. */
export function mapFloats(path: string): MappedFloats {
  const kernels = loadNativeKernels();
  const file = openFloats(path);
  try {
    if (kernels !== null && file.length > 0) {
      const buffer = kernels.map(path);
      return { values: new Float32Array(buffer), release: () => kernels.unmap(buffer) };
    }
    const values = new Float32Array(file.length);
    file.read(values, 0);
    return { values, release: () => undefined };
  } finally {
    file.close();
  }
}
