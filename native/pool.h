// Maximum pooling of images whose channels come last.
#pragma once

#include <cstddef>

namespace incumbent {

struct Pool {
  size_t images, in_height, in_width, out_height, out_width, channels;
  size_t filter_height, filter_width, stride_height, stride_width;
  // Rows and columns that padding puts before the first.
  size_t top, left;
};

// Slopes by the inputs, given those by the outputs: each goes to the first of its window's largest inputs.
void pool_slopes(const Pool& pool, const float* inputs, const float* slopes, float* result);

}  // namespace incumbent
