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
  size_t total = 0;
  for (const HostTensor& input : inputs) total += padded(input.bytes.size());
  if (total == 0) return;
  auto* data = static_cast<unsigned char*>(device_.reserve(total));
  auto* staging = static_cast<unsigned char*>(staging_.reserve(total));
  size_t begin = 0;
  for (Input& input : inputs_) {
    const std::vector<unsigned char>& bytes = input.host->bytes;
    if (!bytes.empty()) std::memcpy(staging + begin, bytes.data(), bytes.size());
    input.data = data + begin;
    begin += padded(bytes.size());
  }
  device_.memory().queue_upload(data, staging, total);
}

InputCopies::Input InputCopies::find(const std::string& name) const {
  for (const Input& input : inputs_)
    if (input.host->name == name) return input;
  throw Error("SHAPE_MISMATCH", "an input of the program is missing", name, "");
}

}  // namespace cdlm
