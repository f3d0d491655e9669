#include "core/tensor.h"

namespace cdlm {

std::string describe(const Tensor& tensor) {
  std::string text = tensor.type == DataType::f32 ? "f32 [" : "i32 [";
  for (int axis = 0; axis < tensor.rank; axis++) {
    if (axis > 0) text += ", ";
    text += std::to_string(tensor.extent(axis));
  }
  return text + "]";
}

}  // namespace cdlm
