// Runs the native tests: all, or those whose name contains the first argument.
#include <chrono>
#include <cstring>

#include "check.h"

int main(int count, char** arguments) {
  for (const cdlm_test::Test& test : cdlm_test::tests()) {
    if (count > 1 && !std::strstr(test.name, arguments[1])) continue;
    const int before = cdlm_test::failures();
    const auto begin = std::chrono::steady_clock::now();
    test.run();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::printf("%s %s (%.2f s)\n", cdlm_test::failures() == before ? "ok  " : "FAIL", test.name, seconds);
    std::fflush(stdout);
  }
  return cdlm_test::failures() == 0 ? 0 : 1;
}
