#include "ops/check.h"

#include <algorithm>

namespace cdlm {
namespace {

std::string interval(int64_t low, int64_t limit) {
  return std::to_string(low) + " to " + std::to_string(limit - 1);
}

}  // namespace

void check_ids(const OpCall& call, const Tensor& ids, const char* name, int64_t low, int64_t limit) {
  const int32_t* values = call.ints(ids);
  bool fits = true;
  for (int64_t i = 0; i < ids.elements(); i++) fits &= values[i] >= low && values[i] < limit;
  if (fits) return;
  for (int64_t i = 0; i < ids.elements(); i++)
    if (values[i] < low || values[i] >= limit)
      call.fail(name, interval(low, limit), std::to_string(values[i]) + " at " + std::to_string(i));
}

void check_ranges(const OpCall& call, const Tensor& ranges, const char* name, int64_t rows, Gaps gaps) {
  const int32_t* values = call.ints(ranges);
  int64_t end = 0;
  for (int64_t s = 0; s < ranges.rows(); s++) {
    const int64_t first = values[2 * s], length = values[2 * s + 1];
    const bool follows = gaps == Gaps::allowed ? first >= end : first == end;
    if (!follows || length < 0 || first + length > rows)
      call.fail(name, "ranges in order within " + std::to_string(rows) + " rows",
                std::to_string(first) + " + " + std::to_string(length) + " at " + std::to_string(s));
    end = first + length;
  }
  if (gaps == Gaps::forbidden && end != rows)
    call.fail(name, std::to_string(rows) + " rows in all", std::to_string(end));
}

int64_t longest_range(const OpCall& call, const Tensor& ranges) {
  const int32_t* values = call.ints(ranges);
  int64_t longest = 0;
  for (int64_t s = 0; s < ranges.rows(); s++) longest = std::max<int64_t>(longest, values[2 * s + 1]);
  return longest;
}

}  // namespace cdlm
