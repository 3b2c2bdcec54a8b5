import { z } from 'zod';

/** A network has something that this export doesn't know. The message says what. */
export class NoExport extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoExport';
  }
}

/** A layer with the names of the layers that it takes its inputs from; none for the input itself. */
export interface Layer {
  readonly name: string;
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly from: readonly string[];
}

export interface Topology {
  /** Each after those that it takes its inputs from. */
  readonly layers: readonly Layer[];
  readonly input: string;
  readonly output: string;
}

const layerSchema = z.object({
  class_name: z.string(),
  config: z.looseObject({ name: z.string() }),
});
/** [layer, call, tensor, keyword arguments], by call, by input */
const inboundSchema = z.array(z.array(z.tuple([z.string(), z.number(), z.number()]).rest(z.unknown())));
const endsSchema = z.array(z.tuple([z.string(), z.number(), z.number()]));
const sequentialSchema = z.object({
  class_name: z.literal('Sequential'),
  config: z.object({ layers: z.array(layerSchema) }),
});
const functionalSchema = z.object({
  class_name: z.enum(['Model', 'Functional']),
  config: z.object({
    layers: z.array(layerSchema.extend({ inbound_nodes: inboundSchema })),
    input_layers: endsSchema,
    output_layers: endsSchema,
  }),
});

/** What `model.json` says of a network. Throws NoExport for one that is no plain graph of layers. */
export function readTopology(modelTopology: unknown): Topology {
  const sequential = sequentialSchema.safeParse(modelTopology);
  if (sequential.success) return fromSequential(sequential.data.config.layers);
  const functional = functionalSchema.safeParse(modelTopology);
  if (functional.success) return fromFunctional(functional.data.config);
  throw new NoExport('its network is neither a stack nor a graph of layers');
}

const inputName = ' input';

function fromSequential(found: readonly z.infer<typeof layerSchema>[]): Topology {
  const layers: Layer[] = [{ name: inputName, kind: 'InputLayer', config: {}, from: [] }];
  for (const { class_name: kind, config } of found) {
    if (kind === 'InputLayer') continue;
    layers.push({ name: config.name, kind, config, from: [layers.at(-1)!.name] });
  }
  return { layers, input: inputName, output: layers.at(-1)!.name };
}

function fromFunctional(config: z.infer<typeof functionalSchema>['config']): Topology {
  const [input, output] = [config.input_layers, config.output_layers].map((ends) => {
    if (ends.length === 1) return ends[0]![0];
    throw new NoExport(
      `its network has ${config.input_layers.length} inputs and ${config.output_layers.length} outputs`,
    );
  });
  const layers = config.layers.map(({ class_name: kind, config: layer, inbound_nodes: calls }) => {
    if (calls.length > 1) throw new NoExport(`layer "${layer.name}" is used ${calls.length} times`);
    return { name: layer.name, kind, config: layer, from: (calls[0] ?? []).map(([name]) => name) };
  });
  return { layers: inOrder(layers), input: input!, output: output! };
}

/** tfjs-layers writes them by depth already; other writers need not. */
function inOrder(layers: readonly Layer[]): readonly Layer[] {
  const sorted: Layer[] = [];
  const placed = new Set<string>();
  while (sorted.length < layers.length) {
    const next = layers.filter(({ name, from }) => !placed.has(name) && from.every((one) => placed.has(one)));
    if (next.length === 0)
      throw new NoExport('its layers lean on each other in a circle, or on a layer that is not there');
    for (const layer of next) placed.add(layer.name);
    sorted.push(...next);
  }
  return sorted;
}
