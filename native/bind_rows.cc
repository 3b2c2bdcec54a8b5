#include "bind_rows.h"

#include "values.h"

namespace incumbent {
namespace {

const RowKernels* kernels = nullptr;

template <typename T>
struct Array {
  T* data;
  size_t length;
};

template <typename T>
Array<T> array(napi_env env, napi_value value, napi_typedarray_type type, const char* name) {
  napi_typedarray_type found;
  size_t length = 0;
  void* data = nullptr;
  check(napi_get_typedarray_info(env, value, &found, &length, &data, nullptr, nullptr), name);
  if (found != type) throw Failure{std::string("native kernels: of another type: ") + name};
  return {static_cast<T*>(data), length};
}

size_t count(napi_env env, napi_value value, const char* name) {
  uint32_t found;
  check(napi_get_value_uint32(env, value, &found), name);
  return found;
}

void within(size_t from, size_t needed, size_t length, const char* name) {
  if (from > length || needed > length - from) throw Failure{std::string("native kernels: beyond its end: ") + name};
}

template <size_t kCount>
void take(napi_env env, napi_callback_info info, napi_value (&arguments)[kCount]) {
  size_t given = kCount;
  check(napi_get_cb_info(env, info, &given, arguments, nullptr, nullptr), "arguments");
  if (given != kCount) throw Failure{"native kernels: too few arguments"};
}

napi_value nothing(napi_env env) {
  napi_value value;
  check(napi_get_undefined(env, &value), "undefined");
  return value;
}

// What adapters/engine/native-rows.ts puts into a plan, in this order.
enum LayerPlan { kX, kXStride, kKernel, kBias, kY, kInputs, kUnits, kRectified, kLayerNumbers };
enum CurvePlan { kValues, kPairs, kLast, kStarts, kFirst, kScale, kLastCell, kMissing, kInput, kCurveNumbers };

void read_planned(const double* plan, const Array<double>& values, const Array<float>& inputs, const Array<double>& pairs,
                  const Array<uint16_t>& starts, size_t width, size_t rows) {
  const auto place = [&](CurvePlan which) { return static_cast<size_t>(plan[which]); };
  within(place(kValues), rows, values.length, "values");
  within(place(kInput), rows == 0 ? 0 : (rows - 1) * width + 1, inputs.length, "inputs");
  within(place(kPairs), place(kLast) + 2, pairs.length, "pairs");
  within(place(kStarts), place(kLastCell) + 1, starts.length, "starts");
  kernels->read_curve({values.data + place(kValues), pairs.data + place(kPairs), place(kLast),
                       starts.data + place(kStarts), plan[kFirst], plan[kScale], plan[kLastCell], plan[kMissing],
                       inputs.data + place(kInput)},
                      rows, width);
}

}  // namespace

void use_rows(const RowKernels& chosen) { kernels = &chosen; }

napi_value dense_rows(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    napi_value arguments[3];
    take(env, info, arguments);
    const Array<float> memory = array<float>(env, arguments[0], napi_float32_array, "memory");
    const Array<uint32_t> plan = array<uint32_t>(env, arguments[1], napi_uint32_array, "plan");
    const size_t rows = count(env, arguments[2], "rows");
    within(0, kLayerNumbers, plan.length, "plan");
    const uint32_t* at = plan.data;
    const size_t inputs = at[kInputs], units = at[kUnits];
    if (units % 8 != 0) throw Failure{"native kernels: units are no multiple of 8"};
    within(at[kX], rows == 0 ? 0 : (rows - 1) * at[kXStride] + inputs, memory.length, "x");
    within(at[kKernel], inputs * units, memory.length, "kernel");
    within(at[kBias], units, memory.length, "bias");
    within(at[kY], rows * units, memory.length, "y");
    kernels->dense_rows({memory.data + at[kX], at[kXStride], memory.data + at[kKernel], memory.data + at[kBias],
                         memory.data + at[kY], rows, inputs, units, at[kRectified] != 0});
    return nothing(env);
  });
}

napi_value read_curves(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    napi_value arguments[7];
    take(env, info, arguments);
    const Array<double> values = array<double>(env, arguments[0], napi_float64_array, "values");
    const Array<float> inputs = array<float>(env, arguments[1], napi_float32_array, "inputs");
    const Array<double> pairs = array<double>(env, arguments[2], napi_float64_array, "pairs");
    const Array<uint16_t> starts = array<uint16_t>(env, arguments[3], napi_uint16_array, "starts");
    const Array<double> plan = array<double>(env, arguments[4], napi_float64_array, "plan");
    const size_t width = count(env, arguments[5], "width"), rows = count(env, arguments[6], "rows");
    for (size_t at = 0; at + kCurveNumbers <= plan.length; at += kCurveNumbers) {
      read_planned(plan.data + at, values, inputs, pairs, starts, width, rows);
    }
    return nothing(env);
  });
}

}  // namespace incumbent
