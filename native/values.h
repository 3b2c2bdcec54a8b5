// What comes out of JavaScript, looked at before it is used.
#pragma once

#include <node_api.h>

#include <new>
#include <string>

namespace incumbent {

struct Failure {
  std::string message;
};

inline void check(napi_status status, const char* what) {
  if (status != napi_ok) throw Failure{std::string("native kernels: ") + what};
}

inline napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  check(napi_get_named_property(env, object, name, &value), name);
  return value;
}

inline double number(napi_env env, napi_value object, const char* name) {
  double value;
  check(napi_get_value_double(env, property(env, object, name), &value), name);
  return value;
}

template <typename T>
T* elements(napi_env env, napi_value array, napi_typedarray_type type, size_t at_least, const char* name) {
  napi_typedarray_type found;
  size_t length = 0;
  void* data = nullptr;
  check(napi_get_typedarray_info(env, array, &found, &length, &data, nullptr, nullptr), name);
  if (found != type || length < at_least) throw Failure{std::string("native kernels: too short or of another type: ") + name};
  return static_cast<T*>(data);
}

// Failures of the work are thrown as errors of JavaScript.
template <typename Work>
napi_value guarded(napi_env env, const Work& work) {
  try {
    return work();
  } catch (const Failure& failure) {
    napi_throw_type_error(env, nullptr, failure.message.c_str());
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, nullptr, "native kernels: out of memory");
  }
  return nullptr;
}

}  // namespace incumbent
