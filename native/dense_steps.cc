// Steps of gradient descent over a stack of dense layers: forward, loss, backward and the optimizer's update, without leaving the
// processor's cache between them. Compiled once for each instruction set (INCUMBENT_INSTRUCTIONS names it).
// Every sum is taken in one fixed order, so that equal calls give equal bits.
#include <cmath>
#include <cstring>

#include "dense_steps.h"

namespace incumbent {
namespace {

// A tile of kTileRows × (kTileVectors * kLanes) sums is kept in registers: as many as the instruction set has.
constexpr size_t kLanes = 16;
#if defined(__AVX512F__)
constexpr size_t kTileRows = 8;
constexpr size_t kTileVectors = 3;
#elif defined(__AVX2__)
constexpr size_t kTileRows = 6;
constexpr size_t kTileVectors = 1;
#else
constexpr size_t kTileRows = 4;
constexpr size_t kTileVectors = 1;
#endif

typedef float Vector __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
inline void store(float* to, Vector values) { *reinterpret_cast<Vector*>(to) = values; }

// A matrix as it lies in memory, or turned over: element (i, j) is at values[i * row + j * column].
struct Matrix {
  const float* values;
  size_t row;
  size_t column;
};

Matrix plain(const float* values, size_t columns) { return {values, columns, 1}; }
Matrix transposed(const float* values, size_t columns) { return {values, 1, columns}; }

// Strips of kVectors * kLanes columns, each with its rows one after another; zeros fill the last strip.
template <size_t kVectors>
void pack(const Matrix& b, size_t inner, size_t columns, float* packed) {
  constexpr size_t width = kVectors * kLanes;
  for (size_t from = 0; from < columns; from += width) {
    const size_t filled = columns - from < width ? columns - from : width;
    for (size_t k = 0; k < inner; k += 1, packed += width) {
      const float* source = b.values + k * b.row + from * b.column;
      for (size_t j = 0; j < filled; j += 1) packed[j] = source[j * b.column];
      for (size_t j = filled; j < width; j += 1) packed[j] = 0;
    }
  }
}

// kRows × `columns` sums of products, begun with `initial` (one a column, or null for zeros).
template <size_t kRows, size_t kVectors>
inline void multiply_tile(const float* a, size_t a_row, size_t a_column, const float* strip, size_t inner,
                          const float* initial, float* c, size_t c_row, size_t columns) {
  Vector sums[kRows][kVectors];
  for (size_t v = 0; v < kVectors; v += 1) {
    float start[kLanes] = {};
    if (initial != nullptr) {
      for (size_t j = 0; j < kLanes; j += 1) {
        if (v * kLanes + j < columns) start[j] = initial[v * kLanes + j];
      }
    }
    for (size_t i = 0; i < kRows; i += 1) sums[i][v] = load(start);
  }
  for (size_t k = 0; k < inner; k += 1) {
    Vector b[kVectors];
    for (size_t v = 0; v < kVectors; v += 1) b[v] = load(strip + (k * kVectors + v) * kLanes);
    for (size_t i = 0; i < kRows; i += 1) {
      const float factor = a[i * a_row + k * a_column];
      for (size_t v = 0; v < kVectors; v += 1) sums[i][v] += factor * b[v];
    }
  }
  for (size_t i = 0; i < kRows; i += 1) {
    for (size_t v = 0; v < kVectors; v += 1) {
      float* to = c + i * c_row + v * kLanes;
      if ((v + 1) * kLanes <= columns) {
        store(to, sums[i][v]);
      } else if (v * kLanes < columns) {
        std::memcpy(to, &sums[i][v], (columns - v * kLanes) * sizeof(float));
      }
    }
  }
}

template <size_t kVectors>
void multiply_strips(const Matrix& a, const Matrix& b, size_t rows, size_t inner, size_t columns, const float* initial,
                     float* c, float* packed) {
  constexpr size_t width = kVectors * kLanes;
  pack<kVectors>(b, inner, columns, packed);
  for (size_t from = 0; from < columns; from += width) {
    const float* strip = packed + from * inner;
    const float* start = initial == nullptr ? nullptr : initial + from;
    const size_t filled = columns - from;
    size_t i = 0;
    for (; i + kTileRows <= rows; i += kTileRows) {
      multiply_tile<kTileRows, kVectors>(a.values + i * a.row, a.row, a.column, strip, inner, start,
                                         c + i * columns + from, columns, filled);
    }
    for (; i < rows; i += 1) {
      multiply_tile<1, kVectors>(a.values + i * a.row, a.row, a.column, strip, inner, start, c + i * columns + from,
                                 columns, filled);
    }
  }
}

// c = a × b, rows × columns; every sum over `inner` is taken from first to last.
void multiply(const Matrix& a, const Matrix& b, size_t rows, size_t inner, size_t columns, const float* initial,
              float* c, float* packed) {
  if (columns > kLanes) multiply_strips<kTileVectors>(a, b, rows, inner, columns, initial, c, packed);
  else multiply_strips<1>(a, b, rows, inner, columns, initial, c, packed);
}

// One output: its kernel is a column, along which vectors run better than across.
void multiply_column(const float* a, const float* column, float initial, size_t rows, size_t inner, float* c) {
  for (size_t i = 0; i < rows; i += 1) {
    const float* row = a + i * inner;
    Vector sums = {};
    size_t k = 0;
    for (; k + kLanes <= inner; k += kLanes) sums += load(row + k) * load(column + k);
    float sum = initial;
    for (size_t lane = 0; lane < kLanes; lane += 1) sum += sums[lane];
    for (; k < inner; k += 1) sum += row[k] * column[k];
    c[i] = sum;
  }
}

void soften(float* row, size_t width) {
  float largest = row[0];
  for (size_t j = 1; j < width; j += 1) largest = row[j] > largest ? row[j] : largest;
  float sum = 0;
  for (size_t j = 0; j < width; j += 1) sum += row[j] = std::exp(row[j] - largest);
  for (size_t j = 0; j < width; j += 1) row[j] /= sum;
}

// NaN passes a rectifier: that the training diverged must show.
void activate(Activation activation, float* values, size_t rows, size_t width) {
  const size_t count = rows * width;
  switch (activation) {
    case kLinear:
      return;
    case kRelu:
      for (size_t i = 0; i < count; i += 1) values[i] = values[i] <= 0 ? 0 : values[i];
      return;
    case kSigmoid:
      for (size_t i = 0; i < count; i += 1) values[i] = 1 / (1 + std::exp(-values[i]));
      return;
    case kTanh:
      for (size_t i = 0; i < count; i += 1) values[i] = std::tanh(values[i]);
      return;
    case kSoftmax:
      for (size_t row = 0; row < rows; row += 1) soften(values + row * width, width);
      return;
  }
}

// From slopes by a hidden layer's outputs to slopes by its sums.
void go_through(Activation activation, float* slopes, const float* outputs, size_t count) {
  if (activation == kRelu) {
    for (size_t i = 0; i < count; i += 1) slopes[i] = outputs[i] > 0 ? slopes[i] : 0 * slopes[i];
  } else if (activation == kSigmoid) {
    for (size_t i = 0; i < count; i += 1) slopes[i] *= outputs[i] * (1 - outputs[i]);
  } else if (activation == kTanh) {
    for (size_t i = 0; i < count; i += 1) slopes[i] *= 1 - outputs[i] * outputs[i];
  }
}

// Probabilities are kept this far from 0 and 1, as in losses.ts. NaN passes.
double clip(double p) {
  constexpr double margin = 1e-7;
  return p < margin ? margin : p > 1 - margin ? 1 - margin : p;
}

// Mean loss of the batch; leaves in `slopes` those by the last layer's sums.
double judge(const Run& run, size_t rows) {
  const Layer& last = run.layers[run.layer_count - 1];
  const size_t width = last.outputs;
  double sum = 0;
  for (size_t row = 0; row < rows; row += 1) {
    const double weight = run.row_weights == nullptr ? 1 : run.batch_weights[row];
    const float* outputs = last.activations + row * width;
    const float* targets = run.batch_targets + row * width;
    float* slopes = last.slopes + row * width;
    double loss = 0;
    double turned = 0;
    for (size_t j = 0; j < width; j += 1) {
      const double output = outputs[j];
      if (run.task == kRegression) {
        const double miss = output - targets[j];
        loss += miss * miss;
        slopes[j] = static_cast<float>(2 * weight * miss / rows);
        continue;
      }
      const double p = clip(output);
      if (targets[j] == 1) loss -= std::log(p);
      else if (run.task == kBinary) loss -= std::log(1 - p);
      const double by_output = targets[j] == 1 ? -1 / p : run.task == kBinary ? 1 / (1 - p) : 0;
      const double slope = weight * by_output / rows;
      if (run.task == kBinary) {
        slopes[j] = static_cast<float>(slope * output * (1 - output));
      } else {
        slopes[j] = static_cast<float>(slope);
        turned += slope * output;
      }
    }
    if (run.task == kMulticlass) {
      for (size_t j = 0; j < width; j += 1) slopes[j] = static_cast<float>((slopes[j] - turned) * outputs[j]);
    }
    sum += weight * loss;
  }
  return sum / rows;
}

void gather(const Run& run, const uint32_t* order, size_t rows) {
  const size_t inputs = run.layers[0].inputs;
  const size_t outputs = run.layers[run.layer_count - 1].outputs;
  for (size_t i = 0; i < rows; i += 1) {
    const size_t row = order[i];
    std::memcpy(run.batch_inputs + i * inputs, run.inputs + row * inputs, inputs * sizeof(float));
    std::memcpy(run.batch_targets + i * outputs, run.targets + row * outputs, outputs * sizeof(float));
    if (run.row_weights != nullptr) run.batch_weights[i] = run.row_weights[row];
  }
}

void go_forward(const Run& run, size_t rows) {
  const float* inputs = run.batch_inputs;
  for (size_t l = 0; l < run.layer_count; l += 1) {
    const Layer& layer = run.layers[l];
    if (layer.outputs == 1) {
      multiply_column(inputs, layer.kernel, layer.bias[0], rows, layer.inputs, layer.activations);
    } else {
      multiply(plain(inputs, layer.inputs), plain(layer.kernel, layer.outputs), rows, layer.inputs, layer.outputs,
               layer.bias, layer.activations, run.packed);
    }
    activate(layer.activation, layer.activations, rows, layer.outputs);
    inputs = layer.activations;
  }
}

struct Rates {
  Optimizer optimizer;
  float learning_rate;
  // Adam's corrections of its moments' bias.
  float first;
  float second;
};

// The optimizers of tf.train, with their default constants.
void update(const Rates& rates, float l2, size_t count, float* __restrict weights, const float* __restrict slopes,
            float* __restrict a, float* __restrict b) {
  constexpr float epsilon = 1e-7f;
  const float rate = rates.learning_rate;
  if (rates.optimizer == kAdam) {
    for (size_t i = 0; i < count; i += 1) {
      const float slope = slopes[i] + 2 * l2 * weights[i];
      a[i] = 0.9f * a[i] + 0.1f * slope;
      b[i] = 0.999f * b[i] + 0.001f * (slope * slope);
      weights[i] -= rate * (a[i] * rates.first) / (std::sqrt(b[i] * rates.second) + epsilon);
    }
  } else if (rates.optimizer == kMomentum) {
    for (size_t i = 0; i < count; i += 1) {
      a[i] = 0.9f * a[i] + (slopes[i] + 2 * l2 * weights[i]);
      weights[i] -= rate * a[i];
    }
  } else {
    for (size_t i = 0; i < count; i += 1) {
      const float slope = slopes[i] + 2 * l2 * weights[i];
      a[i] = 0.9f * a[i] + 0.1f * (slope * slope);
      weights[i] -= rate * slope / std::sqrt(a[i] + epsilon);
    }
  }
}

// Slopes of one layer's kernel and bias, from those by its sums.
void find_slopes(const Run& run, const Layer& layer, const float* inputs, size_t rows) {
  if (layer.outputs == 1) {
    // As a row times a matrix: vectors run along the inputs.
    multiply(plain(layer.slopes, rows), plain(inputs, layer.inputs), 1, rows, layer.inputs, nullptr, run.kernel_slopes,
             run.packed);
  } else {
    multiply(transposed(inputs, layer.inputs), plain(layer.slopes, layer.outputs), layer.inputs, rows, layer.outputs,
             nullptr, run.kernel_slopes, run.packed);
  }
  std::memset(run.bias_slopes, 0, layer.outputs * sizeof(float));
  for (size_t row = 0; row < rows; row += 1) {
    const float* slopes = layer.slopes + row * layer.outputs;
    for (size_t j = 0; j < layer.outputs; j += 1) run.bias_slopes[j] += slopes[j];
  }
}

void go_back(const Run& run, const Rates& rates, size_t rows) {
  for (size_t l = run.layer_count; l-- > 0;) {
    const Layer& layer = run.layers[l];
    const float* inputs = l == 0 ? run.batch_inputs : run.layers[l - 1].activations;
    find_slopes(run, layer, inputs, rows);
    if (l > 0) {
      // Before the kernel moves.
      const Layer& before = run.layers[l - 1];
      multiply(plain(layer.slopes, layer.outputs), transposed(layer.kernel, layer.outputs), rows, layer.outputs,
               layer.inputs, nullptr, before.slopes, run.packed);
      go_through(before.activation, before.slopes, before.activations, rows * before.outputs);
    }
    update(rates, run.l2, layer.inputs * layer.outputs, layer.kernel, run.kernel_slopes, layer.kernel_slots[0],
           layer.kernel_slots[1]);
    // Only matrices are kept small: a bias is not what overfits.
    update(rates, 0, layer.outputs, layer.bias, run.bias_slopes, layer.bias_slots[0], layer.bias_slots[1]);
  }
}

Rates rates_of(const Run& run, double step) {
  return {run.optimizer, run.learning_rate, static_cast<float>(1 / (1 - std::pow(0.9, step))),
          static_cast<float>(1 / (1 - std::pow(0.999, step)))};
}

double take_steps(const Run& run) {
  double sum = 0;
  double step = run.steps_before;
  for (size_t from = 0; from < run.count; from += run.batch_rows) {
    const size_t rows = run.count - from < run.batch_rows ? run.count - from : run.batch_rows;
    gather(run, run.order + from, rows);
    go_forward(run, rows);
    sum += judge(run, rows) * rows;
    if (!std::isfinite(sum)) return sum;
    step += 1;
    go_back(run, rates_of(run, step), rows);
  }
  return sum;
}

void multiply_any(const Product& p) {
  const Matrix a = p.a_transposed ? transposed(p.a, p.rows) : plain(p.a, p.inner);
  const Matrix b = p.b_transposed ? transposed(p.b, p.inner) : plain(p.b, p.columns);
  multiply(a, b, p.rows, p.inner, p.columns, nullptr, p.result, p.packed);
}

}  // namespace

#define INCUMBENT_JOIN(left, right) left##right
#define INCUMBENT_KERNELS(instructions) INCUMBENT_JOIN(kernels_, instructions)
#define INCUMBENT_QUOTE(name) #name
#define INCUMBENT_NAME(name) INCUMBENT_QUOTE(name)

extern const Kernels INCUMBENT_KERNELS(INCUMBENT_INSTRUCTIONS) = {INCUMBENT_NAME(INCUMBENT_INSTRUCTIONS), take_steps,
                                                                  multiply_any};

}  // namespace incumbent
