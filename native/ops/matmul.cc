// Matrix products, alone and with what follows them fused into the store of the product (cpu/gemm.h).
#include "cpu/gemm.h"
#include "ops/copy.h"
#include "ops/op.h"

namespace cdlm {
namespace {

// Checks A, B and the product C against the attributes and each other.
Gemm check_product(const OpCall& call, const Tensor& c) {
  const Tensor &a = call.in(0), &b = call.in(1);
  call.expect(a, "A", DataType::f32, {a.rows(), a.columns()});
  call.expect(b, "B", DataType::f32, {b.rows(), b.columns()});
  Gemm g;
  g.transpose_a = call.attributes.flag("transposeA");
  g.transpose_b = call.attributes.flag("transposeB");
  g.m = g.transpose_a ? a.columns() : a.rows();
  g.k = g.transpose_a ? a.rows() : a.columns();
  g.n = g.transpose_b ? b.rows() : b.columns();
  const int64_t b_depth = g.transpose_b ? b.columns() : b.rows();
  if (g.k != b_depth) call.fail("inner extent", std::to_string(g.k), std::to_string(b_depth));
  call.expect(c, "product", DataType::f32, {g.m, g.n});
  g.a = a.f32();
  g.lda = a.columns();
  g.b = b.f32();
  g.ldb = b.columns();
  g.c = c.f32();
  g.ldc = g.n;
  return g;
}

void run_matmul(const OpCall& call) {
  call.expect_counts(2, 1);
  gemm(call.device, check_product(call, call.out(0)));
}

Gemm check_linear(const OpCall& call, const Tensor& y) {
  Gemm g = check_product(call, y);
  call.expect(call.in(2), "bias", DataType::f32, {g.n});
  g.epilogue.bias = call.in(2).f32();
  return g;
}

void run_linear(const OpCall& call) {
  call.expect_counts(3, 1);
  gemm(call.device, check_linear(call, call.out(0)));
}

void run_linear_gelu(const OpCall& call) {
  call.expect_counts(3, 2);
  Gemm g = check_linear(call, call.out(1));
  call.expect_same(call.out(1), call.out(0), "product before gelu");
  g.epilogue.activation = Activation::gelu;
  g.epilogue.pre_activation = call.out(0).f32();
  gemm(call.device, g);
}

// The sum x + op(A) op(B) is built where x lies, or on a copy of it.
void run_matmul_add(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &x = call.in(2), &y = call.out(0);
  Gemm g = check_product(call, y);
  call.expect_same(y, x, "summand");
  CDLM_CALL(call.device.level, copy(call.device, x.data, y.data, y.elements()));
  g.epilogue.accumulate = true;
  gemm(call.device, g);
}

// Where the result takes the memory of z, z moves aside first: the product passes through the result.
void run_matmul_gelu_gradient(const OpCall& call) {
  call.expect_counts(3, 1);
  const Tensor &z = call.in(2), &dz = call.out(0);
  Gemm g = check_product(call, dz);
  call.expect_same(dz, z, "input of gelu");
  const float* input = z.f32();
  if (z.data == dz.data) {
    float* aside = call.device.worker_scratch(
        0, static_cast<size_t>(z.elements()));  // gemm uses the shared scratch alone
    CDLM_CALL(call.device.level, copy(call.device, input, aside, z.elements()));
    input = aside;
  }
  g.epilogue.activation = Activation::gelu_gradient;
  g.epilogue.gelu_input = input;
  gemm(call.device, g);
}

}  // namespace

CDLM_OP("matmul", run_matmul);
CDLM_OP("linear", run_linear);
CDLM_OP("linearGelu", run_linear_gelu);
CDLM_OP("matmulAdd", run_matmul_add);
CDLM_OP("matmulGeluGradient", run_matmul_gelu_gradient);

}  // namespace cdlm
