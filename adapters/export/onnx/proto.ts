import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** The parts of onnx-ml.proto that exports use, in protobufjs's spelling. */
export interface TensorProto {
  readonly name: string;
  readonly dataType: number;
  readonly dims: readonly number[];
  /** Little-endian. */
  readonly rawData?: Uint8Array;
  readonly stringData?: readonly Uint8Array[];
}

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
}

export interface NodeProto {
  readonly opType: string;
  readonly domain?: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeProto[];
}

export interface ValueInfoProto {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: readonly ({ readonly dimValue: number } | { readonly dimParam: string })[] };
    };
  };
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

export interface ModelProto {
  readonly irVersion: number;
  readonly producerName: string;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly graph: GraphProto;
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

/** TensorProto.DataType */
export const elementTypes = { float: 1, int64: 7, string: 8, bool: 9, double: 11 } as const;
/** AttributeProto.AttributeType */
export const attributeTypes = { float: 1, int: 2, ints: 7, strings: 8 } as const;

let modelType: protobuf.Type | null = null;

/** The bytes of an `.onnx` file, by ONNX's own definition of the format (onnx-ml.proto of onnx 1.23.2). */
export function encodeModel(model: ModelProto): Uint8Array {
  modelType ??= protobuf
    .parse(readFileSync(new URL('onnx-ml.proto', import.meta.url), 'utf8'))
    .root.lookupType('onnx.ModelProto');
  return modelType.encode(modelType.fromObject(model)).finish();
}
