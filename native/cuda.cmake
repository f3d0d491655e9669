# CUDA: every native/**/*.cu becomes an object where nvcc is found; elsewhere native/cuda/without_cuda.cc stands in for
# all of them. The run-time library is linked statically and finds the driver only when it is first called, so that the
# addon loads on machines without one.
set(CDLM_CUDA_ROOT "$ENV{CDLM_CUDA_ROOT}" CACHE STRING
    "Folder of CUDA (the one that holds bin/nvcc, or that PyPI's packages were installed to); OFF: build without CUDA")

set(cdlm_nvcc_folders /usr/local/cuda/bin)
if(CDLM_CUDA_ROOT)
  get_filename_component(cdlm_cuda_root "${CDLM_CUDA_ROOT}" ABSOLUTE)
  file(GLOB cdlm_nvcc_folders ${cdlm_cuda_root}/bin ${cdlm_cuda_root}/nvidia/cu*/bin)
  set(cdlm_nvcc_strict NO_DEFAULT_PATH)
endif()
unset(CDLM_NVCC CACHE)
if(NOT "${CDLM_CUDA_ROOT}" STREQUAL "OFF")
  find_program(CDLM_NVCC nvcc PATHS ${cdlm_nvcc_folders} ${cdlm_nvcc_strict})
endif()

if(CDLM_NVCC)
  execute_process(COMMAND ${CDLM_NVCC} --version OUTPUT_VARIABLE cdlm_nvcc_says)
  string(REGEX MATCH "release ([0-9.]+)" ignored "${cdlm_nvcc_says}")
  set(cdlm_cuda_version "${CMAKE_MATCH_1}")
  get_filename_component(cdlm_cuda_home "${CDLM_NVCC}/../.." REALPATH)
  unset(CDLM_CUDART CACHE)
  find_library(CDLM_CUDART NAMES cudart_static libcudart_static.a
               HINTS ${cdlm_cuda_home} PATH_SUFFIXES lib lib64 lib/x64)
endif()

# An explicit request never falls back.
if(NOT CDLM_NVCC)
  set(cdlm_no_cuda "nvcc was not found")
elseif(cdlm_cuda_version VERSION_LESS 12.8)
  set(cdlm_no_cuda "${CDLM_NVCC} is older than 12.8")
elseif(NOT CDLM_CUDART)
  set(cdlm_no_cuda "${CDLM_NVCC} has no static run-time library beside it")
endif()
if(NOT cdlm_no_cuda)
  message(STATUS "CUDA ${cdlm_cuda_version}: ${CDLM_NVCC}")
elseif(CDLM_CUDA_ROOT)
  message(FATAL_ERROR "CUDA was asked for in ${CDLM_CUDA_ROOT}, but ${cdlm_no_cuda}")
else()
  message(STATUS "Without CUDA: ${cdlm_no_cuda}")
endif()

# Fills cdlm_cuda_objects. Contraction is off as in the CPU kernels: fmaf is fused, nothing else is. No kernel asks for more
# than 8.0 has, so that one pass of the front end serves all devices; its PTX serves those that come.
macro(cdlm_add_cuda_objects)
  file(GLOB_RECURSE cuda_sources CONFIGURE_DEPENDS native/*.cu)
  file(GLOB_RECURSE cuda_headers CONFIGURE_DEPENDS native/*.h)
  if(MSVC)
    set(host_flags /EHsc,/MT,/W3)
  else()
    set(host_flags -fPIC,-fvisibility=hidden,-Wall,-Wextra)
  endif()
  if(CDLM_WERROR)
    set(cuda_warnings_as_errors -Werror all-warnings)
  endif()
  set(cdlm_cuda_objects "")
  foreach(source IN LISTS cuda_sources)
    get_filename_component(name ${source} NAME)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/cuda/${name}${CMAKE_CXX_OUTPUT_EXTENSION})
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/cuda
      COMMAND ${CDLM_NVCC} -c ${source} -o ${object} -O3 -std=c++17 --fmad=false --extended-lambda --expt-relaxed-constexpr -DCDLM_CUDA=1 -I${CMAKE_CURRENT_SOURCE_DIR}/native
              ${cuda_warnings_as_errors} -Xcompiler ${host_flags} -ccbin ${CMAKE_CXX_COMPILER}
              -gencode "arch=compute_80,code=[sm_80,sm_90,sm_100,compute_80]"
      DEPENDS ${source} ${cuda_headers}
      COMMENT "Compiling ${name} with nvcc" VERBATIM)
    list(APPEND cdlm_cuda_objects ${object})
  endforeach()
  add_custom_target(cdlm_cuda DEPENDS ${cdlm_cuda_objects})
endmacro()

# Links the CUDA objects and the run-time library into a program or the addon; nothing in builds without CUDA.
function(cdlm_link_cuda target)
  if(NOT cdlm_no_cuda)
    add_dependencies(${target} cdlm_cuda)
    target_link_libraries(${target} PRIVATE ${cdlm_cuda_objects} ${CDLM_CUDART} ${CMAKE_DL_LIBS})
    if(UNIX AND NOT APPLE)
      target_link_libraries(${target} PRIVATE rt)
    endif()
  endif()
endfunction()
