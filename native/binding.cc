// The addon's functions for Node, with the best instructions that this processor has.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "answer_rows.h"
#include "bind_rows.h"
#include "dense_steps.h"
#include "map_file.h"
#include "pool.h"
#include "values.h"

namespace incumbent {
namespace {

// What is compiled for one instruction set.
struct InstructionSet {
  const Kernels* training;
  const RowKernels* answering;
};

// What this processor runs, the best first.
std::vector<InstructionSet> find_kernels() {
  std::vector<InstructionSet> found;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw"))
    found.push_back({&kernels_avx512, &row_kernels_avx512});
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back({&kernels_avx2, &row_kernels_avx2});
#endif
  found.push_back({&kernels_baseline, &row_kernels_baseline});
  return found;
}

const std::vector<InstructionSet> available = find_kernels();
InstructionSet kernels = available.front();

float* floats(napi_env env, napi_value object, const char* name, size_t at_least) {
  return elements<float>(env, property(env, object, name), napi_float32_array, at_least, name);
}

napi_value element(napi_env env, napi_value object, const char* name, uint32_t index) {
  napi_value value;
  check(napi_get_element(env, property(env, object, name), index, &value), name);
  return value;
}

// Scratch memory, kept between calls.
class Scratch {
 public:
  float* take(size_t count) {
    if (next_ == blocks_.size()) blocks_.emplace_back();
    std::vector<float>& block = blocks_[next_++];
    // A tile may be read a vector beyond the last column of a matrix that is packed.
    if (block.size() < count + 64) block.resize(count + 64);
    return block.data();
  }
  void begin() { next_ = 0; }

 private:
  std::vector<std::vector<float>> blocks_;
  size_t next_ = 0;
};

thread_local Scratch scratch;

std::vector<Layer> read_layers(napi_env env, napi_value request, size_t batch_rows) {
  napi_value widths = property(env, request, "widths");
  size_t count = 0;
  check(napi_get_typedarray_info(env, widths, nullptr, &count, nullptr, nullptr, nullptr), "widths");
  if (count < 2) throw Failure{"native kernels: widths"};
  const uint32_t* width = elements<uint32_t>(env, widths, napi_uint32_array, count, "widths");
  const uint32_t* activation =
      elements<uint32_t>(env, property(env, request, "activations"), napi_uint32_array, count - 1, "activations");
  std::vector<Layer> layers(count - 1);
  const auto array = [&](const char* name, uint32_t index, size_t at_least) {
    return elements<float>(env, element(env, request, name, index), napi_float32_array, at_least, name);
  };
  for (uint32_t l = 0; l + 1 < count; l += 1) {
    const size_t inputs = width[l], outputs = width[l + 1], kernel = inputs * outputs;
    layers[l] = {inputs, outputs, static_cast<Activation>(activation[l]),
                 array("weights", 2 * l, kernel), array("weights", 2 * l + 1, outputs),
                 {array("firstSlots", 2 * l, kernel), array("secondSlots", 2 * l, kernel)},
                 {array("firstSlots", 2 * l + 1, outputs), array("secondSlots", 2 * l + 1, outputs)},
                 scratch.take(batch_rows * outputs), scratch.take(batch_rows * outputs)};
  }
  return layers;
}

void take_scratch(Run& run) {
  size_t packed = 0, kernel = 0, bias = 0;
  for (size_t l = 0; l < run.layer_count; l += 1) {
    const Layer& layer = run.layers[l];
    packed = std::max({packed, packed_floats(layer.inputs, layer.outputs), packed_floats(layer.outputs, layer.inputs),
                       packed_floats(run.batch_rows, layer.outputs), packed_floats(run.batch_rows, layer.inputs)});
    kernel = std::max(kernel, layer.inputs * layer.outputs);
    bias = std::max(bias, layer.outputs);
  }
  run.batch_inputs = scratch.take(run.batch_rows * run.layers[0].inputs);
  run.batch_targets = scratch.take(run.batch_rows * run.layers[run.layer_count - 1].outputs);
  run.batch_weights = scratch.take(run.batch_rows);
  run.packed = scratch.take(packed);
  run.kernel_slopes = scratch.take(kernel);
  run.bias_slopes = scratch.take(bias);
}

void read_rows(napi_env env, napi_value request, Run& run) {
  const size_t rows = static_cast<size_t>(number(env, request, "rowCount"));
  run.count = static_cast<size_t>(number(env, request, "count"));
  run.order = elements<uint32_t>(env, property(env, request, "order"), napi_uint32_array, run.count, "order");
  for (size_t i = 0; i < run.count; i += 1) {
    if (run.order[i] >= rows) throw Failure{"native kernels: the order names a row that there isn't"};
  }
  run.inputs = floats(env, request, "inputs", rows * run.layers[0].inputs);
  run.targets = floats(env, request, "targets", rows * run.layers[run.layer_count - 1].outputs);
  napi_value weights = property(env, request, "rowWeights");
  napi_valuetype type;
  check(napi_typeof(env, weights, &type), "rowWeights");
  run.row_weights = type == napi_null ? nullptr : floats(env, request, "rowWeights", rows);
}

double train(napi_env env, napi_value request) {
  scratch.begin();
  Run run{};
  run.batch_rows = static_cast<size_t>(number(env, request, "batchSize"));
  if (run.batch_rows == 0) throw Failure{"native kernels: batchSize"};
  std::vector<Layer> layers = read_layers(env, request, run.batch_rows);
  run.layers = layers.data();
  run.layer_count = layers.size();
  run.task = static_cast<Task>(number(env, request, "task"));
  run.optimizer = static_cast<Optimizer>(number(env, request, "optimizer"));
  run.learning_rate = static_cast<float>(number(env, request, "learningRate"));
  run.l2 = static_cast<float>(number(env, request, "l2"));
  run.steps_before = number(env, request, "stepsBefore");
  read_rows(env, request, run);
  take_scratch(run);
  return kernels.training->take_steps(run);
}

bool flag(napi_env env, napi_value object, const char* name) {
  bool value;
  check(napi_get_value_bool(env, property(env, object, name), &value), name);
  return value;
}

double multiply(napi_env env, napi_value request) {
  scratch.begin();
  Product product{};
  product.rows = static_cast<size_t>(number(env, request, "rows"));
  product.inner = static_cast<size_t>(number(env, request, "inner"));
  product.columns = static_cast<size_t>(number(env, request, "columns"));
  product.a = floats(env, request, "a", product.rows * product.inner);
  product.b = floats(env, request, "b", product.inner * product.columns);
  product.result = floats(env, request, "result", product.rows * product.columns);
  product.a_transposed = flag(env, request, "aTransposed");
  product.b_transposed = flag(env, request, "bTransposed");
  product.packed = scratch.take(packed_floats(product.inner, product.columns));
  kernels.training->multiply(product);
  return 0;
}

size_t whole(napi_env env, napi_value object, const char* name) {
  const double value = number(env, object, name);
  if (!(value >= 0 && value < 4294967296.0)) throw Failure{std::string("native kernels: out of range: ") + name};
  return static_cast<size_t>(value);
}

double pool_slopes_of(napi_env env, napi_value request) {
  const auto size = [&](const char* name) { return whole(env, request, name); };
  const Pool pool{size("batchSize"),   size("inHeight"),     size("inWidth"),     size("outHeight"),
                  size("outWidth"),    size("channels"),     size("filterHeight"), size("filterWidth"),
                  size("strideHeight"), size("strideWidth"), size("top"),          size("left")};
  const size_t inputs = pool.images * pool.in_height * pool.in_width * pool.channels;
  const size_t outputs = pool.images * pool.out_height * pool.out_width * pool.channels;
  pool_slopes(pool, floats(env, request, "inputs", inputs), floats(env, request, "slopes", outputs),
              floats(env, request, "result", inputs));
  return 0;
}

void release(napi_env, void*, void* hint) {
  Mapping* mapping = static_cast<Mapping*>(hint);
  unmap(*mapping);
  delete mapping;
}

// The content of the file of that path as an ArrayBuffer, which is let go with it or by `unmap`.
napi_value map(napi_env env, napi_value path) {
  size_t length = 0;
  check(napi_get_value_string_utf8(env, path, nullptr, 0, &length), "the path of a file");
  std::string name(length, '\0');
  check(napi_get_value_string_utf8(env, path, &name[0], length + 1, nullptr), "the path of a file");
  const Mapping mapping = map_file(name.c_str());
  if (mapping.data == nullptr) throw Failure{"native kernels: can't map " + name + ": " + std::strerror(errno)};
  Mapping* kept = new Mapping(mapping);
  napi_value buffer;
  const napi_status status = napi_create_external_arraybuffer(env, mapping.data, mapping.bytes, release, kept, &buffer);
  if (status != napi_ok) release(env, nullptr, kept);
  check(status, "a mapped buffer");
  return buffer;
}

double unmap_buffer(napi_env env, napi_value buffer) {
  check(napi_detach_arraybuffer(env, buffer), "a buffer that was mapped");
  return 0;
}

template <double (*work)(napi_env, napi_value)>
napi_value as_number(napi_env env, napi_value request) {
  napi_value result;
  check(napi_create_double(env, work(env, request), &result), "result");
  return result;
}

// A function of one value.
template <napi_value (*work)(napi_env, napi_value)>
napi_value answer(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    size_t count = 1;
    napi_value request;
    check(napi_get_cb_info(env, info, &count, &request, nullptr, nullptr), "arguments");
    return work(env, request);
  });
}

void add_function(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

napi_value text_of(napi_env env, const char* text) {
  napi_value value;
  check(napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value), text);
  return value;
}

// Goes on with the kernels of that name, of those that `available` lists.
double use(napi_env env, napi_value request) {
  char name[32];
  check(napi_get_value_string_utf8(env, request, name, sizeof name, nullptr), "the name of an instruction set");
  for (const InstructionSet& one : available) {
    if (std::strcmp(one.training->name, name) != 0) continue;
    kernels = one;
    use_rows(*one.answering);
    return 0;
  }
  throw Failure{std::string("native kernels: this processor doesn't run ") + name};
}

napi_value initialise(napi_env env, napi_value exports) {
  add_function(env, exports, "trainDense", answer<as_number<train>>);
  add_function(env, exports, "multiply", answer<as_number<multiply>>);
  add_function(env, exports, "poolSlopes", answer<as_number<pool_slopes_of>>);
  use_rows(*kernels.answering);
  add_function(env, exports, "denseRows", dense_rows);
  add_function(env, exports, "readCurves", read_curves);
  add_function(env, exports, "use", answer<as_number<use>>);
  add_function(env, exports, "map", answer<map>);
  add_function(env, exports, "unmap", answer<as_number<unmap_buffer>>);
  napi_value names;
  napi_create_array(env, &names);
  for (size_t i = 0; i < available.size(); i += 1) {
    napi_set_element(env, names, static_cast<uint32_t>(i), text_of(env, available[i].training->name));
  }
  napi_set_named_property(env, exports, "available", names);
  return exports;
}

}  // namespace
}  // namespace incumbent

NAPI_MODULE_INIT() { return incumbent::initialise(env, exports); }
