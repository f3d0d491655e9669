#include "context.h"

#include <cstdint>
#include <cstring>
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

#if defined(__x86_64__)
// AddressSanitizer takes every longjmp for an end of frames and cleans a whole stack, at 20 times the cost of
// this.
extern "C" void cdlm_change_stack(void** here, void* there);
asm(R"(
  .text
  .type cdlm_change_stack, @function
cdlm_change_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size cdlm_change_stack, . - cdlm_change_stack
)");

namespace emulated {

void change_to(Context& there, Context& here) { cdlm_change_stack(&here.stack, there.stack); }

// A stack as if `life` had been called and had saved its registers, in six words.
void begin_on(void* stack, size_t bytes, void (*life)(), Context& here) {
  constexpr int kWords = 8;
  auto* top = reinterpret_cast<uint64_t*>((reinterpret_cast<uintptr_t>(stack) + bytes) & ~uintptr_t{15});
  uint64_t* words = top - kWords;
  std::memset(words, 0, kWords * sizeof *words);
  words[6] = reinterpret_cast<uint64_t>(life);
  cdlm_change_stack(&here.stack, words);
}

}  // namespace emulated
#else
namespace emulated {

void change_to(Context& there, Context& here) {
  if (sigsetjmp(here.place, 0) == 0) siglongjmp(there.place, 1);
}

void begin_on(void* stack, size_t bytes, void (*life)(), Context& here) {
  static thread_local ucontext_t begin, unused;  // reused: entered once per stack
  getcontext(&begin);
  begin.uc_stack.ss_sp = stack;
  begin.uc_stack.ss_size = bytes;
  begin.uc_link = nullptr;
  makecontext(&begin, life, 0);
  if (sigsetjmp(here.place, 0) == 0) swapcontext(&unused, &begin);
}

}  // namespace emulated
#endif
