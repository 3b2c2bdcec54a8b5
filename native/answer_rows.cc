// Compiled once for each instruction set (INCUMBENT_INSTRUCTIONS names it), products and sums apart: a fused multiplication rounds
// otherwise than WebAssembly, and a row must be answered alike alone and among many.
#include "answer_rows.h"

namespace incumbent {
namespace {

// A tile of kTileRows × (kTileVectors * kWidest) sums is kept in registers: as many as the instruction set has.
#if defined(__AVX512F__)
constexpr size_t kWidest = 16;
constexpr size_t kTileRows = 12;
constexpr size_t kTileVectors = 1;
#elif defined(__AVX2__)
constexpr size_t kWidest = 8;
constexpr size_t kTileRows = 6;
constexpr size_t kTileVectors = 2;
#else
constexpr size_t kWidest = 4;
constexpr size_t kTileRows = 4;
constexpr size_t kTileVectors = 2;
#endif
// Units are a multiple of eight.
constexpr size_t kRestLanes = kWidest < 8 ? kWidest : 8;
constexpr size_t kRestVectors = 8 / kRestLanes;

template <size_t kLanes>
struct Lanes;
template <>
struct Lanes<16> {
  typedef float Vector __attribute__((vector_size(64), aligned(4), may_alias));
};
template <>
struct Lanes<8> {
  typedef float Vector __attribute__((vector_size(32), aligned(4), may_alias));
};
template <>
struct Lanes<4> {
  typedef float Vector __attribute__((vector_size(16), aligned(4), may_alias));
};

// Some rows by some vectors of units, each sum taken from the first input to the last.
template <size_t kRows, size_t kVectors, size_t kLanes>
inline void tile(const DenseRows& layer, size_t row, size_t unit) {
  typedef typename Lanes<kLanes>::Vector Vector;
  Vector sums[kRows][kVectors];
  for (size_t i = 0; i < kRows; i += 1) {
    for (size_t v = 0; v < kVectors; v += 1) {
      sums[i][v] = *reinterpret_cast<const Vector*>(layer.bias + unit + v * kLanes);
    }
  }
  const float* x = layer.x + row * layer.x_stride;
  const float* kernel = layer.kernel + unit;
  for (size_t k = 0; k < layer.inputs; k += 1, kernel += layer.units) {
    Vector weights[kVectors];
    for (size_t v = 0; v < kVectors; v += 1) weights[v] = *reinterpret_cast<const Vector*>(kernel + v * kLanes);
    for (size_t i = 0; i < kRows; i += 1) {
      const float input = x[i * layer.x_stride + k];
      for (size_t v = 0; v < kVectors; v += 1) sums[i][v] += weights[v] * input;
    }
  }
  const Vector zeros = {};
  for (size_t i = 0; i < kRows; i += 1) {
    float* y = layer.y + (row + i) * layer.units + unit;
    for (size_t v = 0; v < kVectors; v += 1) {
      const Vector sum = sums[i][v];
      // NaN passes, and -0 becomes 0, as WebAssembly's maximum has it.
      *reinterpret_cast<Vector*>(y + v * kLanes) = layer.rectified ? (sum <= zeros ? zeros : sum) : sum;
    }
  }
}

template <size_t kVectors, size_t kLanes>
inline void over_rows(const DenseRows& layer, size_t unit) {
  size_t row = 0;
  for (; row + kTileRows <= layer.rows; row += kTileRows) tile<kTileRows, kVectors, kLanes>(layer, row, unit);
  for (; row < layer.rows; row += 1) tile<1, kVectors, kLanes>(layer, row, unit);
}

void dense_rows(const DenseRows& layer) {
  constexpr size_t step = kTileVectors * kWidest;
  size_t unit = 0;
  for (; unit + step <= layer.units; unit += step) over_rows<kTileVectors, kWidest>(layer, unit);
  for (; unit < layer.units; unit += 8) over_rows<kRestVectors, kRestLanes>(layer, unit);
}

inline double read(const Curve& curve, double value, double lowest, double highest) {
  // Neither a number nor a finite one.
  if (value - value != 0) return curve.missing;
  const double* pairs = curve.pairs;
  if (value <= lowest) return pairs[1];
  if (value >= highest) return pairs[curve.last + 1];
  const double cell = (value - curve.first) * curve.scale;
  const double* at = pairs + 2 * curve.starts[static_cast<size_t>(cell < curve.last_cell ? cell : curve.last_cell)];
  // A step or none is the rule, which a processor needn't guess.
  at += at[2] <= value ? 2 : 0;
  while (at[2] <= value) at += 2;
  const double share = (value - at[0]) / (at[2] - at[0]);
  return at[1] + share * (at[3] - at[1]);
}

void read_curve(const Curve& curve, size_t rows, size_t width) {
  float* to = curve.inputs;
  if (curve.last < 2) {
    for (size_t row = 0; row < rows; row += 1, to += width) {
      *to = curve.values[row] - curve.values[row] != 0 ? static_cast<float>(curve.missing) : 0;
    }
    return;
  }
  const double lowest = curve.pairs[0], highest = curve.pairs[curve.last];
  for (size_t row = 0; row < rows; row += 1, to += width) {
    *to = static_cast<float>(read(curve, curve.values[row], lowest, highest));
  }
}

}  // namespace

#define INCUMBENT_JOIN(left, right) left##right
#define INCUMBENT_ROW_KERNELS(instructions) INCUMBENT_JOIN(row_kernels_, instructions)

extern const RowKernels INCUMBENT_ROW_KERNELS(INCUMBENT_INSTRUCTIONS) = {dense_rows, read_curve};

}  // namespace incumbent
