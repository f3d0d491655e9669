// A shared library that is opened at run time. For .cu files only, so that other builds need no libdl.
#pragma once

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include <string>

namespace cdlm {

// Stays open for the rest of the process: what it started may outlive any object of ours.
class Library {
 public:
  explicit Library(const std::string& name) {
#ifdef _WIN32
    handle_ = LoadLibraryA(name.c_str());
#else
    handle_ = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
#endif
  }
  bool is_open() const { return handle_ != nullptr; }

  // Sets `function` to the symbol; false where there is none.
  template <typename F>
  bool find(const char* symbol, F*& function) const {
#ifdef _WIN32
    function = reinterpret_cast<F*>(GetProcAddress(handle_, symbol));
#else
    function = reinterpret_cast<F*>(dlsym(handle_, symbol));
#endif
    return function != nullptr;
  }

 private:
#ifdef _WIN32
  HMODULE handle_;
#else
  void* handle_;
#endif
};

}  // namespace cdlm
