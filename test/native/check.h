// A minimal test harness: TEST(name) { CHECK(condition); } registers itself; main.cc runs all or those whose
// name contains the first argument.
#pragma once

#include <cstdio>
#include <vector>

namespace cdlm_test {

struct Test {
  const char* name;
  void (*run)();
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}
inline int& failures() {
  static int count = 0;
  return count;
}
struct Register {
  Register(const char* name, void (*run)()) { tests().push_back({name, run}); }
};

inline void fail(const char* file, int line, const char* what) {
  if (++failures() <= 50) std::fprintf(stderr, "%s:%d: %s\n", file, line, what);
}

}  // namespace cdlm_test

#define TEST(name)                                                      \
  static void test_##name();                                            \
  static const cdlm_test::Register register_##name(#name, test_##name); \
  static void test_##name()

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) cdlm_test::fail(__FILE__, __LINE__, #condition); \
  } while (0)

// As CHECK, with a message in printf's form.
#define CHECK_SAY(condition, ...)                                \
  do {                                                           \
    if (!(condition)) {                                          \
      char check_text[400];                                      \
      std::snprintf(check_text, sizeof check_text, __VA_ARGS__); \
      cdlm_test::fail(__FILE__, __LINE__, check_text);           \
    }                                                            \
  } while (0)
