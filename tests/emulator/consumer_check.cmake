# A project elsewhere uses partsmith::emulator. WAY is "installed": consumer/, as docs/emulator.md shows it, finds what
# `cmake --install` left, is built and passes its tests; or "inside": a project with these sources inside is configured, without
# the libraries that the emulator has no need of.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
set(settings -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}")
if(SANITIZE)
  list(APPEND settings "-DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE}" "-DCMAKE_EXE_LINKER_FLAGS=-fsanitize=${SANITIZE}")
endif()

if(WAY STREQUAL "installed")
  file(READ "${SOURCE}/docs/emulator.md" page)
  foreach(file CMakeLists.txt upload_test.cc)
    file(READ "${CMAKE_CURRENT_LIST_DIR}/consumer/${file}" text)
    string(FIND "${page}" "\n${text}```\n" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "docs/emulator.md doesn't show tests/emulator/consumer/${file} as it is")
    endif()
  endforeach()
  file(COPY "${CMAKE_CURRENT_LIST_DIR}/consumer" DESTINATION "${SCRATCH}")
  run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${SCRATCH}/prefix" --component emulator)
  run("${CMAKE_COMMAND}" -S "${SCRATCH}/consumer" -B "${SCRATCH}/build" ${settings} "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix")
  run("${CMAKE_COMMAND}" --build "${SCRATCH}/build")
  run("${CMAKE_CTEST_COMMAND}" --test-dir "${SCRATCH}/build" --output-on-failure --no-tests=error)
else()
  file(WRITE "${SCRATCH}/CMakeLists.txt" "
cmake_minimum_required(VERSION 3.25)
project(inside CXX)
add_subdirectory(\"${SOURCE}\" partsmith EXCLUDE_FROM_ALL)
add_subdirectory(uses)
if(TARGET partsmith)
  message(FATAL_ERROR \"the program is built, too\")
endif()
")
  file(WRITE "${SCRATCH}/uses/CMakeLists.txt" "
add_executable(uses uses.cc)
target_link_libraries(uses PRIVATE partsmith::emulator)
")
  file(WRITE "${SCRATCH}/uses/uses.cc" "
#include <partsmith/emulator.h>
int main() { return partsmith::Emulator().port() == 0; }
")
  run("${CMAKE_COMMAND}" -S "${SCRATCH}" -B "${SCRATCH}/build" ${settings}
    -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON -DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON -DCMAKE_DISABLE_FIND_PACKAGE_Catch2=ON)
endif()
# What was installed and built is large.
file(REMOVE_RECURSE "${SCRATCH}")
