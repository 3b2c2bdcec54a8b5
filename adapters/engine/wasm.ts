export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** What Node.js has of WebAssembly, whose types come with a browser's. */
interface WasmHost {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: unknown };
  readonly Memory: new (size: { initial: number }) => WasmMemory;
}

const { WebAssembly: host } = globalThis as unknown as { WebAssembly: WasmHost };

/** @param pages of 64 KiB */
export function createMemory(pages: number): WasmMemory {
  return new host.Memory({ initial: pages });
}

export function compileModule(bytes: Uint8Array<ArrayBuffer>): object {
  return new host.Module(bytes);
}

/** What a module exports, on a memory. */
export function instantiate(module: object, memory: WasmMemory): unknown {
  return new host.Instance(module, { env: { memory } }).exports;
}

/** Bytes of WebAssembly, nested as they were put together. */
export type Code = readonly (number | Code)[];

function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

const types = { i32: 0x7f, v128: 0x7b } as const;

/** The few instructions that a dense layer needs. */
export const op = {
  get: (local: number): Code => [0x20, unsigned(local)],
  set: (local: number): Code => [0x21, unsigned(local)],
  /** From 0 to 63, which are one byte as they are. */
  i32: (value: number): Code => [0x41, value],
  add: [0x6a] as Code,
  subtract: [0x6b] as Code,
  multiply: [0x6c] as Code,
  shiftLeft: [0x74] as Code,
  isLess: [0x49] as Code,
  isAtMost: [0x4d] as Code,
  end: [0x0b] as Code,
  loadVector: (offset: number): Code => [0xfd, 0x00, 4, unsigned(offset)],
  loadSplat: [0xfd, 0x09, 2, 0] as Code,
  storeVector: (offset: number): Code => [0xfd, 0x0b, 4, unsigned(offset)],
  zeroVector: [0xfd, 0x0c, new Array<number>(16).fill(0)] as Code,
  addVectors: [0xfd, 0xe4, 0x01] as Code,
  multiplyVectors: [0xfd, 0xe6, 0x01] as Code,
  maxOfVectors: [0xfd, 0xe9, 0x01] as Code,
};

/** Runs the body as long as the condition holds. */
export function whileTrue(condition: Code, body: Code): Code {
  return [0x02, 0x40, 0x03, 0x40, condition, 0x45, 0x0d, 1, body, 0x0c, 0, 0x0b, 0x0b];
}

/** Runs the body once, and again as long as the condition holds after it. */
export function repeatWhile(body: Code, condition: Code): Code {
  return [0x03, 0x40, body, condition, 0x0d, 0, 0x0b];
}

export function ifTrue(condition: Code, body: Code): Code {
  return [condition, 0x04, 0x40, body, 0x0b];
}

export interface WasmFunction {
  readonly name: string;
  /** Parameters are all i32; nothing is returned. */
  readonly parameters: number;
  readonly integerLocals: number;
  readonly vectorLocals: number;
  readonly body: Code;
}

/** A module of one exported function on a memory that is imported as `env.memory`. */
export function moduleOf({
  name,
  parameters,
  integerLocals,
  vectorLocals,
  body,
}: WasmFunction): Uint8Array<ArrayBuffer> {
  const locals = [2, unsigned(integerLocals), types.i32, unsigned(vectorLocals), types.v128];
  const code = flatten([locals, body, op.end]);
  return Uint8Array.from(
    flatten([
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, [1, 0x60, unsigned(parameters), new Array<number>(parameters).fill(types.i32), 0]),
      section(2, [1, text('env'), text('memory'), 2, 0, 1]),
      section(3, [1, 0]),
      section(7, [1, text(name), 0, 0]),
      section(10, [1, unsigned(code.length), code]),
    ]),
  );
}

function section(id: number, content: Code): Code {
  const bytes = flatten(content);
  return [id, unsigned(bytes.length), bytes];
}

function text(value: string): Code {
  const bytes = [...Buffer.from(value)];
  return [unsigned(bytes.length), bytes];
}

function flatten(code: Code): number[] {
  return code.flatMap((part) => (typeof part === 'number' ? [part] : flatten(part)));
}
