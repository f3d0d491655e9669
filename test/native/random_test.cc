// Philox against the known answers of Random123, and rows of random numbers against single elements.
#include "core/random.h"

#include <vector>

#include "check.h"
#include "levels.h"
#include "vec_kernels.h"

namespace {

bool equal(cdlm::PhiloxWords a, cdlm::PhiloxWords b) {
  return a.word[0] == b.word[0] && a.word[1] == b.word[1] && a.word[2] == b.word[2] && a.word[3] == b.word[3];
}

}  // namespace

TEST(philox_known_answers) {
  const uint32_t ones = 0xFFFFFFFFu;
  CHECK(equal(cdlm::philox({{0, 0, 0, 0}}, 0, 0), {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
  CHECK(equal(cdlm::philox({{ones, ones, ones, ones}}, ones, ones),
              {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}));
  CHECK(equal(cdlm::philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0),
              {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}));
}

TEST(random_rows) {
  for (cdlm::Level level : available_levels()) {
    for (uint32_t column0 : {0u, 1u, 15u, 63u, 64u, 100u, 4000u}) {
      for (int64_t n : {0, 1, 16, 63, 64, 65, 200}) {
        std::vector<uint32_t> row(static_cast<size_t>(n) + 1, 7u);
        CDLM_CALL_ON_CPU(level, random_values(0x12345678u, 0x9abcdef0u, 42, 1234567, column0, n, row.data()));
        for (int64_t i = 0; i < n; ++i) {
          CHECK(row[size_t(i)] ==
                cdlm::random_at(0x12345678u, 0x9abcdef0u, 42, 1234567, column0 + uint32_t(i)));
        }
        CHECK(row[size_t(n)] == 7u);
      }
    }
  }
}

// A dropout mask keeps what is at least the threshold, as unsigned numbers.
TEST(random_masks) {
  std::vector<uint32_t> random = {0, 1, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF, 5, 0x90000000};
  random.insert(random.end(), random.begin(), random.end());
  const std::vector<float> x(16, 3.0f);
  for (cdlm::Level level : available_levels()) {
    for (uint32_t threshold : {0u, 1u, 0x80000000u, 0xFFFFFFFFu}) {
      std::vector<float> y(16, -1.0f);
      CDLM_CALL_ON_CPU(level, keep_at_least(random.data(), threshold, x.data(), y.data(), 16));
      for (size_t i = 0; i < 16; ++i) CHECK(y[i] == (random[i] >= threshold ? 3.0f : 0.0f));
    }
  }
}
