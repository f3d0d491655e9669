// The one exception type of the native side. native/addon/js_error.cc turns it into a CdlmError.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace cdlm {

// Codes are the strings of lib/errors.ts.
class Error : public std::runtime_error {
 public:
  Error(std::string code, const std::string& message, std::string expected = "", std::string received = "")
      : std::runtime_error(message),
        code_(std::move(code)),
        expected_(std::move(expected)),
        received_(std::move(received)) {}

  const std::string& code() const noexcept { return code_; }
  const std::string& expected() const noexcept { return expected_; }
  const std::string& received() const noexcept { return received_; }

 private:
  std::string code_, expected_, received_;
};

}  // namespace cdlm
