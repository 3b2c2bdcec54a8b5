// Files as memory.
#pragma once

#include <cstddef>

namespace incumbent {

struct Mapping {
  void* data;
  size_t bytes;
};

// A file's content, read page by page when it is first touched and shared with every other process that maps it; what is written to it stays
// this process's own. `data` is null where it can't be had, and errno says why; an empty file has none either.
Mapping map_file(const char* path);
void unmap(const Mapping& mapping);

}  // namespace incumbent
