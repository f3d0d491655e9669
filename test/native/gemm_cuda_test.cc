// Products on an emulated device against those of the plain level in the same precision: our own tiles, and
// the calls of a cuBLAS that is played by emulated/cublas.
#ifdef CDLM_EMULATED
#include <cmath>
#include <cstdlib>
#include <vector>

#include "check.h"
#include "cpu/device.h"
#include "cpu/gemm.h"
#include "cuda/cublas.h"
#include "ops_fixture.h"

using namespace cdlm;

namespace {

struct Case {
  int64_t m, n, k;
  bool transpose_a, transpose_b;
  int64_t spare;  // floats between two stored rows of A and of B
};

constexpr Activation kActivations[] = {Activation::none, Activation::gelu, Activation::gelu_gradient};

// Everything a product reads and writes, on the host.
struct Data {
  Data(const Case& c, Activation activation, bool accumulate)
      : a(cdlm_test::noise({(c.transpose_a ? c.k : c.m), (c.transpose_a ? c.m : c.k) + c.spare}, 1).floats),
        b(cdlm_test::noise({(c.transpose_b ? c.n : c.k), (c.transpose_b ? c.k : c.n) + c.spare}, 2).floats),
        bias(cdlm_test::noise({c.n}, 3).floats),
        z(cdlm_test::noise({c.m, c.n}, 4).floats),
        result(accumulate ? cdlm_test::noise({c.m, c.n}, 5).floats : cdlm_test::empty({c.m, c.n}).floats),
        before(result.size(), 0.0f) {
    g.m = c.m, g.n = c.n, g.k = c.k;
    g.transpose_a = c.transpose_a, g.transpose_b = c.transpose_b;
    g.lda = (c.transpose_a ? c.m : c.k) + c.spare, g.ldb = (c.transpose_b ? c.k : c.n) + c.spare, g.ldc = c.n;
    g.epilogue.activation = activation;
    g.epilogue.accumulate = accumulate;
  }

  Gemm g;
  std::vector<float> a, b, bias, z, result, before;
};

// The same with its arrays in the memory of a device, while this lives.
class Placed {
 public:
  Placed(const Device& device, Data& data) : memory_(device.memory()), data_(data), g_(data.g) {
    g_.a = place(data.a), g_.b = place(data.b), g_.c = place(data.result);
    g_.epilogue.bias = place(data.bias);
    if (g_.epilogue.activation == Activation::gelu_gradient) g_.epilogue.gelu_input = place(data.z);
    if (g_.epilogue.activation == Activation::gelu) g_.epilogue.pre_activation = place(data.before);
  }
  void run(const Device& device) {
    gemm(device, g_);
    memory_.download(data_.result.data(), g_.c, data_.result.size() * sizeof(float));
    if (g_.epilogue.pre_activation)
      memory_.download(data_.before.data(), g_.epilogue.pre_activation, data_.before.size() * sizeof(float));
  }

 private:
  float* place(const std::vector<float>& values) {
    buffers_.emplace_back(memory_);
    float* there = buffers_.back().reserve_floats(values.size());
    memory_.upload(there, values.data(), values.size() * sizeof(float));
    return there;
  }
  Memory& memory_;
  Data& data_;
  Gemm g_;
  std::vector<AlignedBuffer> buffers_;
};

// Entries are sums of k products of numbers below 1.
bool close(const std::vector<float>& a, const std::vector<float>& b, int64_t k) {
  for (size_t i = 0; i < a.size(); i++)
    if (!(std::fabs(a[i] - b[i]) <= 1e-5f * static_cast<float>(k + 1))) return false;
  return true;
}

void compare(const Device& cuda, const Device& plain, const Case& c) {
  for (Activation activation : kActivations)
    for (bool accumulate : {false, true}) {
      Data actual(c, activation, accumulate), expected(c, activation, accumulate);
      Placed(cuda, actual).run(cuda);
      Placed(plain, expected).run(plain);
      CHECK_SAY(close(actual.result, expected.result, c.k) && close(actual.before, expected.before, c.k),
                "%lld x %lld x %lld, transposed %d %d, activation %d, accumulate %d", (long long)c.m,
                (long long)c.n, (long long)c.k, c.transpose_a, c.transpose_b, (int)activation, accumulate);
    }
}

void compare_all(const Device& cuda, Precision precision) {
  const Device plain(Level::plain, 1, precision);
  for (bool transpose_a : {false, true})
    for (bool transpose_b : {false, true}) {
      compare(cuda, plain, {1, 1, 1, transpose_a, transpose_b, 0});
      compare(cuda, plain, {5, 3, 17, transpose_a, transpose_b, 2});
      compare(cuda, plain, {70, 65, 33, transpose_a, transpose_b, 0});
      compare(cuda, plain, {3, 130, 64, transpose_a, transpose_b, 5});
    }
}

}  // namespace

TEST(gemm_cuda_own) {
  setenv("CDLM_CUBLAS", "off", 1);
  for (Precision precision : {Precision::fp32, Precision::bf16}) {
    const Device cuda(Level::cuda, 1, precision);
    CHECK(cuda.cuda->cublas() == nullptr);
    compare_all(cuda, precision);
  }
}

TEST(gemm_cuda_cublas) {
  setenv("CDLM_CUBLAS", CDLM_FAKE_CUBLAS, 1);
  for (Precision precision : {Precision::fp32, Precision::bf16}) {
    const Device cuda(Level::cuda, 1, precision);
    CHECK(cuda.cuda->cublas() != nullptr && cuda.cuda->cublas()->name() == "cuBLAS 13.0.2");
    compare_all(cuda, precision);
  }
  setenv("CDLM_CUBLAS", "off", 1);
}

TEST(gemm_cuda_named_library_that_is_none) {
  setenv("CDLM_CUBLAS", "/nowhere/libcublas.so", 1);
  bool refused = false;
  try {
    Device(Level::cuda, 1);
  } catch (const Error& error) {
    refused = error.code() == "DEVICE_UNAVAILABLE" && error.received() == "/nowhere/libcublas.so";
  }
  CHECK(refused);
  setenv("CDLM_CUBLAS", "off", 1);
}
#endif
