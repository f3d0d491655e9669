// Changing between stacks of one thread.
#pragma once

#include <cstddef>

#if !defined(__x86_64__)
#undef _FORTIFY_SOURCE  // its longjmp allows no second stack
#include <setjmp.h>
#endif

namespace emulated {

// Where something was interrupted.
struct Context {
#if defined(__x86_64__)
  void* stack = nullptr;  // the registers that calls keep lie on it
#else
  sigjmp_buf place;
#endif
};

// Saves where it is called in `here`, and goes on in `there`.
void change_to(Context& there, Context& here);
// The same, and begins `life` on a stack that nobody uses; it never returns.
void begin_on(void* stack, size_t bytes, void (*life)(), Context& here);

}  // namespace emulated
