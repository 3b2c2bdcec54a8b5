import { furthestProbability, keptShare, type Calibrator } from '../../../domain/calibration/calibrator.ts';
import { addCurves } from './curves.ts';
import type { Graph, Tensor } from './graph.ts';

/** What applyCalibrator does to [rows, width] of doubles. */
export function addCalibrator(graph: Graph, calibrator: Calibrator | null, outputs: Tensor): Tensor {
  if (calibrator === null) return outputs;
  const number = (value: number): Tensor => graph.constant('double', [value], []);
  switch (calibrator.kind) {
    case 'isotonic': {
      const mapped = graph.add('Mul', [addCurves(graph, outputs, [calibrator.map]), number(1 - keptShare)]);
      return graph.add('Add', [mapped, graph.add('Mul', [outputs, number(keptShare)])]);
    }
    case 'logistic': {
      const held = addHeld(graph, outputs);
      const against = graph.add('Log', [graph.add('Sub', [number(1), held])]);
      const logit = graph.add('Sub', [graph.add('Log', [held]), against]);
      return graph.add('Sigmoid', [addLine(graph, logit, calibrator)]);
    }
    case 'temperature': {
      const logs = graph.add('Log', [addHeld(graph, outputs)]);
      return graph.add('Softmax', [graph.add('Div', [logs, number(calibrator.temperature)])], { axis: 1 });
    }
    case 'line':
      return addLine(graph, outputs, calibrator);
    case 'shifts':
      return addMoves(graph, calibrator, addCalibrator(graph, calibrator.first, outputs));
  }
}

/** The sum of weight·p·e^s / (p·e^s + 1 − p): a column for each move, and their weighted sum. */
function addMoves(graph: Graph, { shifts, weights }: Extract<Calibrator, { kind: 'shifts' }>, outputs: Tensor): Tensor {
  const factors = graph.constant('double', shifts.map(Math.exp), [1, shifts.length]);
  const ones = graph.add('Mul', [outputs, factors]);
  const zeros = graph.add('Sub', [graph.constant('double', [1], []), outputs]);
  const moved = graph.add('Div', [ones, graph.add('Add', [ones, zeros])]);
  return graph.add('MatMul', [moved, graph.constant('double', [...weights], [weights.length, 1])]);
}

function addHeld(graph: Graph, outputs: Tensor): Tensor {
  const ends = [furthestProbability, 1 - furthestProbability].map((end) => graph.constant('double', [end], []));
  return graph.add('Clip', [outputs, ...ends]);
}

function addLine(graph: Graph, tensor: Tensor, { slope, intercept }: { slope: number; intercept: number }): Tensor {
  const scaled = graph.add('Mul', [tensor, graph.constant('double', [slope], [])]);
  return graph.add('Add', [scaled, graph.constant('double', [intercept], [])]);
}
