#include "cpu/level.h"

#include <string>

#include "check.h"
#include "core/error.h"
#include "levels.h"

TEST(levels) {
  CHECK(cdlm::level_available(cdlm::Level::plain));
  CHECK(cdlm::level_available(cdlm::best_level()));
  std::printf("     best level: %s\n", cdlm::level_name(cdlm::best_level()));
  for (cdlm::Level level : available_levels()) CHECK(cdlm::parse_level(cdlm::level_name(level)) == level);
  std::string code;
  try {
    cdlm::parse_level("sse9");
  } catch (const cdlm::Error& error) {
    code = error.code();
  }
  CHECK(code == "INVALID_OPTION");
}
