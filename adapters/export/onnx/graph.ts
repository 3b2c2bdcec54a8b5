import {
  attributeTypes,
  elementTypes,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './proto.ts';

/** Name of a tensor in a graph. */
export type Tensor = string;

type Attribute = number | readonly number[] | readonly string[];
export type ElementType = keyof typeof elementTypes;

/** A graph in the making. Every `add` and every constant gives the name of a new tensor. */
export interface Graph {
  /** One column of every row. */
  input(name: string, type: ElementType): Tensor;
  /** A node of one output. Numbers are integers unless they are in `floats`. */
  add(
    opType: string,
    inputs: readonly Tensor[],
    attributes?: Readonly<Record<string, Attribute>>,
    floats?: Readonly<Record<string, number>>,
  ): Tensor;
  /** A node of ONNX's traditional machine learning. */
  addMl(opType: string, inputs: readonly Tensor[], attributes: Readonly<Record<string, Attribute>>): Tensor;
  constant(type: 'float' | 'double' | 'int64', values: ArrayLike<number>, shape?: readonly number[]): Tensor;
  cast(tensor: Tensor, to: ElementType): Tensor;
  /** Ends the graph with one output of `width` columns, named so that it is no input's name. */
  finish(tensor: Tensor, width: number): { readonly graph: GraphProto; readonly outputName: string };
}

/** The name of the rows' axis. */
const rows = { dimParam: 'rows' };

export function createGraph(graphName: string, inputNames: readonly string[]): Graph {
  const taken = new Set(inputNames);
  const node: NodeProto[] = [];
  const initializer: TensorProto[] = [];
  const input: ValueInfoProto[] = [];
  const fresh = (wanted: string): string => {
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  };
  const addNode = (made: Omit<NodeProto, 'output'>): Tensor => {
    const output = fresh(`${made.opType.toLowerCase()}_${node.length}`);
    node.push({ ...made, output: [output] });
    return output;
  };
  return {
    input(name, type) {
      input.push(describe(name, type, 1));
      return name;
    },
    add(opType, inputs, attributes = {}, floats = {}) {
      const attribute = [...toAttributes(attributes), ...toFloats(floats)];
      return addNode({ opType, input: inputs, attribute });
    },
    addMl: (opType, inputs, attributes) =>
      addNode({ opType, domain: 'ai.onnx.ml', input: inputs, attribute: toAttributes(attributes) }),
    constant(type, values, shape = [values.length]) {
      const name = fresh(`constant_${initializer.length}`);
      initializer.push({ name, dataType: elementTypes[type], dims: shape, rawData: toBytes(type, values) });
      return name;
    },
    cast: (tensor, to) =>
      addNode({ opType: 'Cast', input: [tensor], attribute: toAttributes({ to: elementTypes[to] }) }),
    finish(tensor, width) {
      const outputName = fresh('outputs');
      node.push({ opType: 'Identity', input: [tensor], output: [outputName], attribute: [] });
      const output = [describe(outputName, 'double', width)];
      return { graph: { name: graphName, node, initializer, input, output }, outputName };
    },
  };
}

function describe(name: string, type: ElementType, width: number): ValueInfoProto {
  const shape = { dim: [rows, { dimValue: width }] };
  return { name, type: { tensorType: { elemType: elementTypes[type], shape } } };
}

function toAttributes(attributes: Readonly<Record<string, Attribute>>): AttributeProto[] {
  return Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'number') return { name, type: attributeTypes.int, i: value };
    if (isTexts(value)) {
      return { name, type: attributeTypes.strings, strings: value.map((text) => Buffer.from(text, 'utf8')) };
    }
    return { name, type: attributeTypes.ints, ints: value };
  });
}

function isTexts(values: readonly number[] | readonly string[]): values is readonly string[] {
  return typeof values[0] === 'string';
}

function toFloats(floats: Readonly<Record<string, number>>): AttributeProto[] {
  return Object.entries(floats).map(([name, f]) => ({ name, type: attributeTypes.float, f }));
}

/** Little-endian, whatever this machine is. */
function toBytes(type: 'float' | 'double' | 'int64', values: ArrayLike<number>): Uint8Array {
  const size = type === 'float' ? 4 : 8;
  const bytes = new DataView(new ArrayBuffer(values.length * size));
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (type === 'float') bytes.setFloat32(at * size, value, true);
    else if (type === 'double') bytes.setFloat64(at * size, value, true);
    else bytes.setBigInt64(at * size, BigInt(value), true);
  }
  return new Uint8Array(bytes.buffer);
}
