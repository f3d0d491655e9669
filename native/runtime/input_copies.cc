#include "runtime/input_copies.h"

#include <cstring>

#include "core/error.h"

namespace cdlm {
namespace {

size_t padded(size_t bytes) { return (bytes + 255) / 256 * 256; }

}  // namespace

void InputCopies::take(const Device& device, const std::vector<HostTensor>& inputs) {
  inputs_.clear();
  for (const HostTensor& input : inputs)
    inputs_.push_back({&input, const_cast<unsigned char*>(input.bytes.data())});
  if (!device.cuda) return;
  staging_.clear();
  for (const HostTensor& input : inputs) {
    const size_t begin = staging_.size();
    staging_.resize(begin + padded(input.bytes.size()));
    if (!input.bytes.empty()) std::memcpy(staging_.data() + begin, input.bytes.data(), input.bytes.size());
  }
  if (staging_.empty()) return;
  auto* data = static_cast<unsigned char*>(device_.reserve(staging_.size()));
  device_.memory().upload(data, staging_.data(), staging_.size());
  for (Input& input : inputs_) {
    input.data = data;
    data += padded(input.host->bytes.size());
  }
}

InputCopies::Input InputCopies::find(const std::string& name) const {
  for (const Input& input : inputs_)
    if (input.host->name == name) return input;
  throw Error("SHAPE_MISMATCH", "an input of the program is missing", name, "");
}

}  // namespace cdlm
