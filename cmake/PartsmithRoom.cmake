# partsmith_room(NAME SOURCES ... COLD_SOURCES ... USES ... PRIVATE_USES ... HEADERS_STANDARD 17)
#
# A room is a static library with its public headers under <room>/include/partsmith/<room>/ and its private ones
# beside its sources. USES are the targets whose types its public headers name; PRIVATE_USES stay inside. HEADERS_STANDARD is
# the C++ that who includes its public headers needs: 23 unless named. COLD_SOURCES are compiled to be small.
include(CheckCXXCompilerFlag)

add_library(partsmith_build_options INTERFACE)
target_compile_features(partsmith_build_options INTERFACE cxx_std_23)
# hiredis asks for it; precompiled headers are shared by files that agree.
target_compile_definitions(partsmith_build_options INTERFACE _FILE_OFFSET_BITS=64)
# char is signed on every processor, as it is where the tests run: ARM's would not be.
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  target_compile_options(partsmith_build_options INTERFACE -fsigned-char)
endif()
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(partsmith_build_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Wimplicit-fallthrough
    # GCC 12 to 14, when they optimise, take the empty std::optional and std::expected for uninitialised, and moved short
    # strings for copies beyond their ends (GCC bugs 80635, 105329, 105651).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-free-nonheap-object;-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>
    # The stable_sort of libstdc++ 12 uses what it deprecates, and clang says so.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
    $<$<BOOL:${PARTSMITH_WERROR}>:-Werror>)
endif()
if(PARTSMITH_SANITIZE)
  target_compile_options(partsmith_build_options INTERFACE
    -fsanitize=${PARTSMITH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(partsmith_build_options INTERFACE -fsanitize=${PARTSMITH_SANITIZE})
endif()

# What makes a fault in the program harder to use (SECURITY.md; tests/attack/test_program.py reads the program for it). Rooms
# and program are built with it. Tests aren't: they are not optimised, and fortified calls need that. Nor are sanitizers'
# builds, which look closer. Position-independent code is what the compilers of Debian and Ubuntu make unless told otherwise.
add_library(partsmith_hardening INTERFACE)
if(NOT PARTSMITH_SANITIZE)
  target_compile_options(partsmith_hardening INTERFACE -fstack-protector-strong)
  include(CMakePushCheckState)
  include(CheckCXXSourceCompiles)
  cmake_push_check_state(RESET)
  set(CMAKE_REQUIRED_FLAGS "-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
  check_cxx_source_compiles(
    "#include <cstdio>\n#if __USE_FORTIFY_LEVEL < 3\n#error\n#endif\nint main() { return 0; }" PARTSMITH_FORTIFY_3)
  cmake_pop_check_state()
  target_compile_options(partsmith_hardening INTERFACE
    $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=$<IF:$<BOOL:${PARTSMITH_FORTIFY_3}>,3,2>>)
  check_cxx_compiler_flag(-fcf-protection=full PARTSMITH_CF_PROTECTION)  # x86 alone has it
  if(PARTSMITH_CF_PROTECTION)
    target_compile_options(partsmith_hardening INTERFACE -fcf-protection=full)
  endif()
  target_link_options(partsmith_hardening INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()

# What no request waits for is compiled to be small: commands, checks, reports. That takes half of the bytes.
add_library(partsmith_cold INTERFACE)
target_compile_options(partsmith_cold INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:-Os>)

# The standard library's headers, parsed once for all rooms, and once more for what is cold: a precompiled header brings its optimisation
# along. It saves half of what an average file takes.
file(WRITE "${CMAKE_BINARY_DIR}/standard.cc" "")
foreach(headers IN ITEMS partsmith_standard partsmith_standard_cold)
  add_library(${headers} OBJECT "${CMAKE_BINARY_DIR}/standard.cc")
  target_link_libraries(${headers} PRIVATE partsmith_build_options partsmith_hardening)
  target_precompile_headers(${headers} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/standard.h")
endforeach()
target_link_libraries(partsmith_standard_cold PRIVATE partsmith_cold)

function(partsmith_room NAME)
  cmake_parse_arguments(ROOM "" "HEADERS_STANDARD" "SOURCES;COLD_SOURCES;USES;PRIVATE_USES" ${ARGN})
  if(NOT ROOM_HEADERS_STANDARD)
    set(ROOM_HEADERS_STANDARD 23)
  endif()
  set(targets partsmith_${NAME})
  if(ROOM_COLD_SOURCES)
    add_library(partsmith_${NAME}_cold OBJECT ${ROOM_COLD_SOURCES})
    target_link_libraries(partsmith_${NAME}_cold PRIVATE partsmith_cold)
    target_precompile_headers(partsmith_${NAME}_cold REUSE_FROM partsmith_standard_cold)
    list(APPEND targets partsmith_${NAME}_cold)
    list(APPEND ROOM_SOURCES $<TARGET_OBJECTS:partsmith_${NAME}_cold>)
  endif()
  add_library(partsmith_${NAME} STATIC ${ROOM_SOURCES})
  add_library(partsmith::${NAME} ALIAS partsmith_${NAME})
  set_target_properties(partsmith_${NAME} PROPERTIES EXPORT_NAME ${NAME} LINKER_LANGUAGE CXX)
  foreach(target IN LISTS targets)
    target_compile_features(${target} PRIVATE cxx_std_23 INTERFACE cxx_std_${ROOM_HEADERS_STANDARD})
    target_include_directories(${target}
      PUBLIC "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>"
      PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
    target_link_libraries(${target}
      PUBLIC ${ROOM_USES}
      PRIVATE $<BUILD_INTERFACE:partsmith_build_options> $<BUILD_INTERFACE:partsmith_hardening> ${ROOM_PRIVATE_USES})
  endforeach()
  target_precompile_headers(partsmith_${NAME} REUSE_FROM partsmith_standard)
  set_property(GLOBAL APPEND PROPERTY PARTSMITH_ROOMS partsmith_${NAME})
endfunction()
