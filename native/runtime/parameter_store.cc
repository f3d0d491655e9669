#include "runtime/parameter_store.h"

#include "core/error.h"

namespace cdlm {
namespace {

AlignedBuffer& buffer_of(Parameter& parameter, Slot slot) {
  switch (slot) {
    case Slot::value:
      return parameter.value;
    case Slot::gradient:
      return parameter.gradient;
    case Slot::moment1:
      return parameter.moment1;
    default:
      return parameter.moment2;
  }
}

}  // namespace

float* Parameter::data(Slot slot) const {
  return static_cast<float*>(buffer_of(const_cast<Parameter&>(*this), slot).data());
}

void ParameterStore::define(const std::string& name, const std::vector<int64_t>& shape) {
  const auto found = parameters_.find(name);
  if (found != parameters_.end()) {
    if (found->second.shape == shape) return;
    throw Error("INVALID_STATE", "a parameter of this name and another shape exists", "", name);
  }
  Parameter parameter(memory_);
  parameter.name = name;
  parameter.shape = shape;
  parameter.elements = 1;
  for (int64_t extent : shape) {
    if (extent < 0 || (extent > 0 && parameter.elements > (int64_t{1} << 40) / extent))
      throw Error("SHAPE_MISMATCH", "a parameter has an impossible shape", "", name);
    parameter.elements *= extent;
  }
  allocate(parameter, Slot::value);
  parameters_.emplace(name, std::move(parameter));
}

Parameter& ParameterStore::get(const std::string& name) {
  const auto found = parameters_.find(name);
  if (found == parameters_.end()) throw Error("INTERNAL", "unknown parameter", "", name);
  return found->second;
}

void ParameterStore::allocate(Parameter& parameter, Slot slot) {
  AlignedBuffer& buffer = buffer_of(parameter, slot);
  if (buffer.data() != nullptr) return;
  const size_t bytes = static_cast<size_t>(parameter.elements > 0 ? parameter.elements : 1) * sizeof(float);
  buffer.reserve_zeros(bytes);
}

}  // namespace cdlm
