// What one call trains: a stack of dense layers over examples that the caller holds. Plain data, so that the file that is compiled
// once for each instruction set needs no library whose inline functions the linker could share between them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace incumbent {

enum Activation : uint32_t { kLinear = 0, kRelu = 1, kSigmoid = 2, kTanh = 3, kSoftmax = 4 };
enum Task : uint32_t { kBinary = 0, kMulticlass = 1, kRegression = 2 };
enum Optimizer : uint32_t { kAdam = 0, kMomentum = 1, kRmsprop = 2 };

struct Layer {
  size_t inputs;
  size_t outputs;
  Activation activation;
  // inputs × outputs, row-major, and outputs; changed in place.
  float* kernel;
  float* bias;
  // What the optimizer remembers of each, two numbers a weight; changed in place.
  float* kernel_slots[2];
  float* bias_slots[2];
  // Scratch: what the layer gave for the batch, and the slopes by it.
  float* activations;
  float* slopes;
};

struct Run {
  Layer* layers;
  size_t layer_count;
  Task task;
  Optimizer optimizer;
  float learning_rate;
  float l2;
  // Steps that the optimizer has taken before.
  double steps_before;

  // rows × the first layer's inputs, and rows × the last one's outputs, row-major.
  const float* inputs;
  const float* targets;
  // One a row, or null.
  const float* row_weights;
  // Rows in the order in which they are taken; `count` of them in batches of `batch_rows`.
  const uint32_t* order;
  size_t count;
  size_t batch_rows;

  // Scratch: the batch's inputs and targets, a packed matrix, the slopes by the widest kernel and by its bias.
  float* batch_inputs;
  float* batch_targets;
  float* batch_weights;
  float* packed;
  float* kernel_slopes;
  float* bias_slopes;
};

// Floats that the packed form of an inner × columns matrix may take, on any instruction set.
inline size_t packed_floats(size_t inner, size_t columns) { return inner * (columns + 64); }

// A product of two matrices, each as it lies in memory (row-major) or turned over.
struct Product {
  const float* a;
  const float* b;
  bool a_transposed;
  bool b_transposed;
  // Of the result, rows × columns; sums run over `inner`.
  size_t rows;
  size_t inner;
  size_t columns;
  float* result;
  // Scratch of packed_floats(inner, columns).
  float* packed;
};

// What is compiled for one instruction set.
struct Kernels {
  const char* name;
  // Takes the steps; the sum over the rows of each batch's mean loss. Stops at a loss that is no finite number and returns it.
  double (*take_steps)(const Run&);
  void (*multiply)(const Product&);
};

extern const Kernels kernels_baseline;
#if defined(__x86_64__)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
#endif

}  // namespace incumbent
