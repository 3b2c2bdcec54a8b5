#include "map_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace incumbent {

Mapping map_file(const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return {nullptr, 0};
  struct stat about;
  Mapping mapping{nullptr, 0};
  if (fstat(file, &about) == 0 && about.st_size > 0) {
    const size_t bytes = static_cast<size_t>(about.st_size);
    void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    if (data != MAP_FAILED) mapping = {data, bytes};
  }
  close(file);
  return mapping;
}

void unmap(const Mapping& mapping) { munmap(mapping.data, mapping.bytes); }

}  // namespace incumbent
