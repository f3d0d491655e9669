#include "ops/op.h"

#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"

namespace cdlm {
namespace {

std::map<std::string, OpFunction>& registry() {
  static auto* ops =
      new std::map<std::string, OpFunction>();  // never destroyed: threads may outlive static objects
  return *ops;
}

}  // namespace

double Attributes::get(const std::string& name) const {
  for (const auto& [key, value] : values_)
    if (key == name) return value;
  throw Error("INTERNAL", "an attribute is missing", name);
}

int Attributes::integer(const std::string& name) const {
  const double value = get(name);
  if (!(std::fabs(value) <= std::numeric_limits<int>::max()) || value != std::floor(value))
    throw Error("INTERNAL", "an attribute is no integer", name, std::to_string(value));
  return static_cast<int>(value);
}

const int32_t* OpCall::ints(const Tensor& tensor) const {
  if (!device.cuda) return tensor.i32();
  if (tensor.host == nullptr && tensor.elements() > 0)
    throw Error("INTERNAL", std::string(op) + ": ids must be an input of the program");
  return static_cast<const int32_t*>(tensor.host);
}

const float* OpCall::readable(const Tensor& tensor) const {
  return device.cuda ? static_cast<const float*>(tensor.host) : tensor.f32();
}

void OpCall::expect_counts(size_t inputs_expected, size_t outputs_expected) const {
  if (inputs.size() == inputs_expected && outputs.size() == outputs_expected) return;
  fail("wrong number of tensors",
       std::to_string(inputs_expected) + " in, " + std::to_string(outputs_expected) + " out",
       std::to_string(inputs.size()) + " in, " + std::to_string(outputs.size()) + " out");
}

void OpCall::expect(const Tensor& tensor, const char* name, DataType type,
                    std::initializer_list<int64_t> extents) const {
  Tensor wanted{nullptr, type, static_cast<int>(extents.size()), {}};
  int axis = 0;
  bool fits = tensor.type == type && tensor.rank == wanted.rank;
  for (int64_t extent : extents) {
    wanted.extents[static_cast<size_t>(axis)] = extent;
    fits = fits && tensor.extent(axis) == extent;
    axis++;
  }
  if (!fits) fail(name, describe(wanted), describe(tensor));
}

void OpCall::expect_same(const Tensor& a, const Tensor& b, const char* names) const {
  if (describe(a) != describe(b)) fail(names, describe(a), describe(b));
}

void OpCall::fail(const char* what, const std::string& expected, const std::string& received) const {
  throw Error("SHAPE_MISMATCH", std::string(op) + ": " + what + " does not fit", expected, received);
}

OpFunction find_op(const std::string& name) {
  const auto found = registry().find(name);
  if (found == registry().end()) throw Error("INTERNAL", "unknown op", "", name);
  return found->second;
}

std::vector<std::string> op_names() {
  std::vector<std::string> names;
  for (const auto& [name, function] : registry()) names.push_back(name);
  return names;
}

OpRegistration::OpRegistration(const char* name, OpFunction function) { registry()[name] = function; }

}  // namespace cdlm
