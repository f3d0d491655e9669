#include "faults.h"

#include <atomic>
#include <cstdlib>
#include <string>

#include "counts.h"

namespace emulated {
namespace {

size_t bytes_of(const char* variable, size_t otherwise) {
  const char* given = std::getenv(variable);
  return given ? static_cast<size_t>(std::strtoull(given, nullptr, 10)) : otherwise;
}

const std::string& fault() {
  static const std::string given = [] {
    const char* value = std::getenv("CDLM_EMULATED_FAULT");
    return std::string(value ? value : "");
  }();
  return given;
}

// 0: never.
uint64_t lost_at() {
  static const uint64_t launch =
      fault().rfind("lost:", 0) == 0 ? std::strtoull(fault().c_str() + 5, nullptr, 10) : 0;
  return launch;
}

std::atomic<uint64_t> launches_so_far{0};

}  // namespace

bool is_fault(const char* name) { return fault() == name; }

cudaError_t standing_fault() {
  return lost_at() > 0 && launches_so_far >= lost_at() ? cudaErrorUnknown : cudaSuccess;
}

uint64_t launches() { return launches_so_far; }

cudaError_t fault_of_launch() {
  launches_so_far++;
  return standing_fault();
}

size_t total_memory() {
  static const size_t total = bytes_of("CDLM_EMULATED_MEMORY", size_t{4} << 30);
  return total;
}

size_t held_memory() {
  static const size_t held = bytes_of("CDLM_EMULATED_HELD", 0);
  return held;
}

}  // namespace emulated
