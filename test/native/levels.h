// The levels that this processor can run, for tests.
#pragma once

#include <vector>

#include "cpu/level.h"

inline std::vector<cdlm::Level> available_levels() {
  std::vector<cdlm::Level> levels;
  for (cdlm::Level level : {cdlm::Level::plain, cdlm::Level::avx2, cdlm::Level::avx512, cdlm::Level::neon}) {
    if (cdlm::level_available(level)) levels.push_back(level);
  }
  return levels;
}

// The same and, where the host plays one, a CUDA device.
inline std::vector<cdlm::Level> levels_of_ops() {
  std::vector<cdlm::Level> levels = available_levels();
#ifdef CDLM_EMULATED
  levels.push_back(cdlm::Level::cuda);
#endif
  return levels;
}
