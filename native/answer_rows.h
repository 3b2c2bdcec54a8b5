// What answers rows in bulk: the layers of a network that serves, and the curves that its inputs are read from. To the bit what
// adapters/engine says in WebAssembly and JavaScript for few rows; compiled once for each instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace incumbent {

// One dense layer over rows: y = max(0, x · kernel + bias), or without the max.
struct DenseRows {
  const float* x;
  // Floats from one row to the next.
  size_t x_stride;
  // inputs × units, row-major, and units; units are a multiple of 8.
  const float* kernel;
  const float* bias;
  float* y;
  size_t rows;
  size_t inputs;
  size_t units;
  bool rectified;
};

// A piecewise linear curve that is flat beyond its ends, with a grid of cells that tells at which knot to begin.
struct Curve {
  const double* values;
  // Each knot with its score beside it.
  const double* pairs;
  // Index of the last knot within `pairs`; below 2 the curve is 0 everywhere.
  size_t last;
  const uint16_t* starts;
  double first;
  double scale;
  double last_cell;
  // Score of a value that is no finite number.
  double missing;
  float* inputs;
};

struct RowKernels {
  void (*dense_rows)(const DenseRows&);
  // Reads `rows` values into every `width`-th input.
  void (*read_curve)(const Curve&, size_t rows, size_t width);
};

extern const RowKernels row_kernels_baseline;
#if defined(__x86_64__)
extern const RowKernels row_kernels_avx2;
extern const RowKernels row_kernels_avx512;
#endif

}  // namespace incumbent
