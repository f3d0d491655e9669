// Linux may refuse AMX's registers to a process: products in bf16 then do without, as on a processor that has
// none.
#if defined(__linux__) && defined(__x86_64__)
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "check.h"
#include "cpu/processor.h"

namespace {

// From here on the system answers EPERM to this process, and to what it becomes, when it asks for AMX.
bool refuse_amx() {
  constexpr unsigned kRequest = 0x1023;  // ARCH_REQ_XCOMP_PERM
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_arch_prctl, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kRequest, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{sizeof steps / sizeof *steps, steps};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
    return false;
  return syscall(SYS_arch_prctl, kRequest, 18L) == -1 && errno == EPERM;
}

}  // namespace

TEST(amx_refused) {
  if (!cdlm::may_use_amx()) std::printf("     no AMX here: nothing is lost by a refusal\n");
  constexpr int kCannotRefuse = 77;
  const pid_t child = fork();
  if (child == 0) {
    if (!refuse_amx()) _exit(kCannotRefuse);
    if (cdlm::may_use_amx()) _exit(1);
    execl("/proc/self/exe", "cdlm_native_tests", "gemm_bf16", nullptr);
    _exit(2);
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kCannotRefuse)
    std::printf("     left out: this system does not let a process refuse itself calls\n");
  else
    CHECK_SAY(WIFEXITED(status) && WEXITSTATUS(status) == 0, "products without AMX ended with %d", status);
}
#endif
