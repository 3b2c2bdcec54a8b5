#include "pool.h"

#include <algorithm>

namespace incumbent {
namespace {

// Cut to the image: padding is never the largest.
struct Window {
  size_t from_row, to_row, from_column, to_column;
};

Window window_at(const Pool& pool, size_t y, size_t x) {
  const size_t row = y * pool.stride_height, column = x * pool.stride_width;
  return {row > pool.top ? row - pool.top : 0, std::min(pool.in_height, row + pool.filter_height - pool.top),
          column > pool.left ? column - pool.left : 0, std::min(pool.in_width, column + pool.filter_width - pool.left)};
}

size_t find_largest(const Pool& pool, const float* image, const Window& window, size_t channel) {
  size_t at = (window.from_row * pool.in_width + window.from_column) * pool.channels + channel;
  float largest = image[at];
  for (size_t row = window.from_row; row < window.to_row; row += 1) {
    for (size_t column = window.from_column; column < window.to_column; column += 1) {
      const size_t here = (row * pool.in_width + column) * pool.channels + channel;
      if (image[here] > largest) {
        largest = image[here];
        at = here;
      }
    }
  }
  return at;
}

}  // namespace

void pool_slopes(const Pool& pool, const float* inputs, const float* slopes, float* result) {
  const size_t image_size = pool.in_height * pool.in_width * pool.channels;
  std::fill(result, result + pool.images * image_size, 0.0f);
  for (size_t image = 0; image < pool.images; image += 1, inputs += image_size, result += image_size) {
    for (size_t y = 0; y < pool.out_height; y += 1) {
      for (size_t x = 0; x < pool.out_width; x += 1) {
        const Window window = window_at(pool, y, x);
        for (size_t channel = 0; channel < pool.channels; channel += 1, slopes += 1) {
          result[find_largest(pool, inputs, window, channel)] += *slopes;
        }
      }
    }
  }
}

}  // namespace incumbent
