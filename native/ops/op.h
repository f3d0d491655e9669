// What every op is made of: a name, a check of its tensors, and a kernel. lib/graph/ops/<op>.ts describes the
// same op to the graph; shapes were checked there, and are checked here again, because nothing that crosses
// the border is trusted.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/tensor.h"
#include "cpu/device.h"

namespace cdlm {

// The numeric attributes of an instruction.
class Attributes {
 public:
  void set(const std::string& name, double value) { values_.emplace_back(name, value); }
  // Throws Error INTERNAL when the attribute is missing.
  double get(const std::string& name) const;
  // Throws the same for what is no number of type int.
  int integer(const std::string& name) const;
  bool flag(const std::string& name) const { return get(name) != 0; }
  float number(const std::string& name) const { return static_cast<float>(get(name)); }

 private:
  std::vector<std::pair<std::string, double>> values_;
};

// One execution of an op on concrete tensors.
struct OpCall {
  const char* op;
  const Device& device;
  const std::vector<Tensor>& inputs;
  const std::vector<Tensor>& outputs;
  const Attributes& attributes;

  const Tensor& in(size_t k) const { return inputs[k]; }
  const Tensor& out(size_t k) const { return outputs[k]; }

  // The contents of a tensor of ids, ranges or keys, to be checked and read on the host. Throws Error
  // INTERNAL for one that is computed on a device: those of programs are inputs.
  const int32_t* ints(const Tensor& tensor) const;
  // The contents of a tensor where the host can read them at once; null for what is computed on a device.
  const float* readable(const Tensor& tensor) const;

  // Each throws Error SHAPE_MISMATCH that names the op, what was expected and what came.
  void expect_counts(size_t inputs_expected, size_t outputs_expected) const;
  void expect(const Tensor& tensor, const char* name, DataType type,
              std::initializer_list<int64_t> extents) const;
  void expect_same(const Tensor& a, const Tensor& b, const char* names) const;
  void fail(const char* what, const std::string& expected, const std::string& received) const;
};

using OpFunction = void (*)(const OpCall&);

// Throws Error INTERNAL for an unknown name.
OpFunction find_op(const std::string& name);

// All of them, in the order of the alphabet.
std::vector<std::string> op_names();

// Registers an op at load time: `CDLM_OP("gelu", run_gelu);` at the end of native/ops/gelu.cc.
struct OpRegistration {
  OpRegistration(const char* name, OpFunction function);
};
#define CDLM_OP(name, function) static const ::cdlm::OpRegistration function##_registration(name, function)

}  // namespace cdlm
