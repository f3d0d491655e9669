// Any bytes as a program, its inputs and its runs: what the boundary of the runtime must survive.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cdlm_test {

// Compiles the program that the bytes stand for and runs it twice with an update between, on a store of a few
// parameters. An Error ends it early, as the boundary would report it; anything else escapes.
void run_program_of(const uint8_t* data, size_t size);

}  // namespace cdlm_test
