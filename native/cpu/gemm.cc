#include "cpu/gemm.h"

#include <algorithm>

#include "cpu/device.h"
#include "cpu/gemm_kernels.h"

namespace cdlm {
namespace {

// The block of each operand that is packed at once: it should survive in the outer caches until it has been
// used.
constexpr int64_t kBlockRows = 1024, kBlockColumns = 1024, kBlockDepth = 1024;
// A task computes at most this much of C, or packs about this many floats: small enough (30 tasks for 512 ×
// 384) that two workers end together, large enough that claiming tasks costs nothing.
constexpr int64_t kTileRows = 64, kTileColumns = 128, kPackFloats = 16384;

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// [0, extent) in equal parts of at most `longest`, their bounds multiples of `unit` (except the last).
struct Parts {
  Parts(int64_t extent_, int64_t longest, int64_t unit_)
      : extent(extent_), unit(unit_), units(divide_up(extent_, unit_)), count(1) {
    const int64_t most = std::max<int64_t>(1, longest / unit);
    count = std::max<int64_t>(1, divide_up(units, most));
  }
  int64_t begin(int64_t i) const { return std::min(extent, units * i / count * unit); }
  int64_t end(int64_t i) const { return begin(i + 1); }
  int64_t size(int64_t i) const { return end(i) - begin(i); }
  int64_t longest() const { return divide_up(units, count) * unit; }

  int64_t extent, unit, units, count;
};

Epilogue epilogue_at(const Epilogue& e, int64_t row, int64_t column, int64_t ldc) {
  Epilogue moved = e;
  const int64_t offset = row * ldc + column;
  if (e.bias) moved.bias = e.bias + column;
  if (e.pre_activation) moved.pre_activation = e.pre_activation + offset;
  if (e.gelu_input) moved.gelu_input = e.gelu_input + offset;
  return moved;
}

// One block of the product: rows × columns × depth of the whole, its operands packed.
struct Block {
  const Gemm& g;
  const GemmKernels& kernels;
  int64_t row, column, depth_begin;
  PackedLayout a, b;
  float *packed_a, *packed_b;

  void pack_a(int64_t first, int64_t last) const {
    kernels.pack_a(view_a(g).at(row, depth_begin), a, first, last, packed_a);
  }
  void pack_b(int64_t first, int64_t last) const {
    kernels.pack_b(view_b(g).at(column, depth_begin), b, first, last, packed_b);
  }

  // C[r0..r1, c0..c1] of the block; r0 and c0 begin a panel.
  void compute(int64_t r0, int64_t r1, int64_t c0, int64_t c1) const {
    GemmTile t{};
    t.rows = r1 - r0;
    t.columns = c1 - c0;
    t.panel_a = a.panel_words();
    t.panel_b = b.panel_words();
    t.ldc = g.ldc;
    t.c = g.c + (row + r0) * g.ldc + column + c0;
    t.epilogue = epilogue_at(g.epilogue, row + r0, column + c0, g.ldc);
    const Parts slices(a.depth, kernels.depth_block, 2 * kTileWords);
    for (int64_t i = 0; i < slices.count; ++i) {
      const int64_t k = slices.begin(i);
      t.words = a.words(slices.size(i));
      t.a = packed_a + r0 / a.width * t.panel_a + a.words(k) * a.width;
      t.b = packed_b + c0 / b.width * t.panel_b + b.words(k) * b.width;
      t.load_c = g.epilogue.accumulate || depth_begin + k > 0;
      t.last = depth_begin + slices.end(i) == g.k;
      kernels.tile(t);
    }
  }
};

// Packs what is not yet packed, then computes the block.
void run_block(const Device& device, const Block& block, bool b_is_packed) {
  const int64_t group_a = std::max<int64_t>(1, kPackFloats / std::max<int64_t>(1, block.a.panel_words()));
  const int64_t group_b = std::max<int64_t>(1, kPackFloats / std::max<int64_t>(1, block.b.panel_words()));
  const int64_t tasks_a = divide_up(block.a.panels(), group_a);
  const int64_t tasks_b = b_is_packed ? 0 : divide_up(block.b.panels(), group_b);
  device.pool.run(tasks_a + tasks_b, [&](int64_t task, int) {
    if (task < tasks_b) {
      block.pack_b(task * group_b, std::min(block.b.panels(), (task + 1) * group_b));
    } else {
      task -= tasks_b;
      block.pack_a(task * group_a, std::min(block.a.panels(), (task + 1) * group_a));
    }
  });
  const Parts rows(block.a.count, kTileRows, block.a.width),
      columns(block.b.count, kTileColumns, block.b.width);
  device.pool.run(rows.count * columns.count, [&](int64_t task, int) {
    const int64_t r = task % rows.count, c = task / rows.count;
    block.compute(rows.begin(r), rows.end(r), columns.begin(c), columns.end(c));
  });
}

}  // namespace

void gemm(const Device& device, const Gemm& g) {
  if (g.m <= 0 || g.n <= 0) return;
#if CDLM_CUDA
  if (device.cuda) return cuda::gemm(*device.cuda, g, device.products.precision);
#endif
  const GemmKernels& kernels = device.products;
  const Parts rows(g.m, kBlockRows, kernels.rows), columns(g.n, kBlockColumns, kernels.columns);
  const Parts depths(g.k, kBlockDepth, kernels.depth_block);
  const PackedLayout largest_a{kernels.type, kernels.rows, rows.longest(), depths.longest()};
  const PackedLayout largest_b{kernels.type, kernels.columns, columns.longest(), depths.longest()};
  const int64_t begin_b = divide_up(largest_a.size(), 16) * 16;
  float* packed = device.shared_scratch(static_cast<size_t>(begin_b + largest_b.size()));
  for (int64_t j = 0; j < columns.count; ++j) {
    for (int64_t l = 0; l < depths.count; ++l) {
      for (int64_t i = 0; i < rows.count; ++i) {
        const PackedLayout a{kernels.type, kernels.rows, rows.size(i), depths.size(l)};
        const PackedLayout b{kernels.type, kernels.columns, columns.size(j), depths.size(l)};
        const Block block{g, kernels, rows.begin(i), columns.begin(j), depths.begin(l),
                          a, b,       packed,        packed + begin_b};
        run_block(device, block, i > 0);
      }
    }
  }
}

int64_t gemm_small_scratch(int64_t m, int64_t n, int64_t k) {
  constexpr int64_t largest_tile = 64;
  return (m + n + 2 * largest_tile + 32) * std::max<int64_t>(k, kTileWords) + 64;
}

void gemm_small(const Device& device, const Gemm& g, float* scratch) { device.products.small(g, scratch); }

}  // namespace cdlm
