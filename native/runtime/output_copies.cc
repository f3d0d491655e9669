#include "runtime/output_copies.h"

#include <cstring>

namespace cdlm {
namespace {

HostTensor describe(const OutputSpec& output, const Tensor& tensor) {
  HostTensor host;
  host.name = output.name;
  host.type = tensor.type;
  host.bytes.resize(static_cast<size_t>(tensor.elements()) * 4);
  return host;
}

}  // namespace

std::vector<HostTensor> OutputCopies::take(const Device& device, const std::vector<OutputSpec>& outputs,
                                           const std::vector<Tensor>& tensors) {
  std::vector<HostTensor> results;
  std::vector<const void*> sources;
  for (const OutputSpec& output : outputs) {
    const Tensor& tensor = tensors[static_cast<size_t>(output.buffer)];
    results.push_back(describe(output, tensor));
    sources.push_back(tensor.data);
  }
  if (device.cuda)
    copy_at_once(device.memory(), sources, results);
  else
    for (size_t k = 0; k < results.size(); k++)
      device.memory().download(results[k].bytes.data(), sources[k], results[k].bytes.size());
  return results;
}

void OutputCopies::copy_at_once(const Memory& memory, const std::vector<const void*>& sources,
                                std::vector<HostTensor>& results) {
  size_t total = 0;
  for (const HostTensor& result : results) total += result.bytes.size();
  auto* staging = static_cast<unsigned char*>(staging_.reserve(total));
  size_t begin = 0;
  for (size_t k = 0; k < results.size(); begin += results[k++].bytes.size())
    memory.queue_download(staging + begin, sources[k], results[k].bytes.size());
  memory.wait();
  for (HostTensor& result : results) {
    if (!result.bytes.empty()) std::memcpy(result.bytes.data(), staging, result.bytes.size());
    staging += result.bytes.size();
  }
}

}  // namespace cdlm
