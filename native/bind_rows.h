// The functions that answer rows, for Node. They are called once for some hundred rows: arguments stand one by one, and plans of
// numbers are made once, as each property of an object would cost as much as a row.
#pragma once

#include <node_api.h>

#include "answer_rows.h"

namespace incumbent {

// Goes on with these kernels.
void use_rows(const RowKernels& kernels);

// denseRows(memory, plan, rows): one layer, whose places in the memory the plan names.
napi_value dense_rows(napi_env env, napi_callback_info info);

// readCurves(values, inputs, pairs, starts, plan, width, rows): the curves of the plan, one after another.
napi_value read_curves(napi_env env, napi_callback_info info);

}  // namespace incumbent
