// What this processor and its operating system can do.
#pragma once

namespace cdlm {

bool has_avx2();    // with FMA and F16C
bool has_avx512();  // F, DQ, BW and VL, and everything of AVX2
bool has_avx512_bf16();
bool has_avx512_vnni();
// AMX's matrix registers with bf16, and everything of has_avx512_bf16. Asks Linux to let this process use
// them; other systems are not asked.
bool may_use_amx();
bool is_amd();

}  // namespace cdlm
