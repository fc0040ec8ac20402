# partsmith_alone: the program that needs no library and runs on any Linux. It is the objects of `partsmith`, the ones that the
# tests have tried, linked with archives instead of libraries: those of Debian's packages, and of four libraries that Debian has
# no archive of, made here from Debian's sources (packaging/static/libraries.txt).
set(sources "${PARTSMITH_SOURCES}")

# partsmith_archive(NAME SOURCES... [DEFINITIONS...] [INCLUDE folder]): warnings in it are not ours to mend.
function(partsmith_archive NAME)
  cmake_parse_arguments(ARCHIVE "" "" "SOURCES;INCLUDE;DEFINITIONS" ${ARGN})
  add_library(partsmith_archive_${NAME} STATIC EXCLUDE_FROM_ALL ${ARCHIVE_SOURCES})
  target_include_directories(partsmith_archive_${NAME} SYSTEM PRIVATE ${ARCHIVE_INCLUDE})
  target_compile_definitions(partsmith_archive_${NAME} PRIVATE ${ARCHIVE_DEFINITIONS})
  target_compile_features(partsmith_archive_${NAME} PRIVATE cxx_std_20)
  target_compile_options(partsmith_archive_${NAME} PRIVATE
    "$<$<COMPILE_LANGUAGE:C,CXX>:-w;-ffunction-sections;-fdata-sections;$<TARGET_PROPERTY:partsmith_hardening,INTERFACE_COMPILE_OPTIONS>>")
endfunction()

partsmith_archive(fmt SOURCES "${sources}/fmtlib/src/format.cc" "${sources}/fmtlib/src/os.cc" INCLUDE "${sources}/fmtlib/include")
partsmith_archive(tinyxml2 SOURCES "${sources}/tinyxml2/tinyxml2.cpp" INCLUDE "${sources}/tinyxml2")

# cpp-httplib as Debian makes its library: the one header split into declarations and code, with the definitions that change classes.
# Without Brotli, which only answers and requests of its own kinds would use: it listens, and nothing else, and half a MiB is saved.
set(httplib "${CMAKE_BINARY_DIR}/alone/httplib")
add_custom_command(OUTPUT "${httplib}/httplib.cc" "${httplib}/httplib.h"
  COMMAND python3 "${sources}/cpp-httplib/split.py" -o "${httplib}"
  DEPENDS "${sources}/cpp-httplib.fetched" VERBATIM)
partsmith_archive(httplib SOURCES "${httplib}/httplib.cc" INCLUDE "${httplib}"
  DEFINITIONS CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT)

# Of ISA-L the CRCs, each in several forms of which the first call takes the best that the processor has.
set(crc "${sources}/libisal/crc")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(CMAKE_ASM_NASM_OBJECT_FORMAT elf64)
  enable_language(ASM_NASM)
  file(GLOB isal_files "${crc}/crc16_*.asm" "${crc}/crc32_*.asm")
  list(APPEND isal_files "${crc}/crc_multibinary.asm")
else()
  enable_language(ASM)
  file(GLOB isal_files "${crc}/aarch64/*.S" "${crc}/aarch64/crc_aarch64_dispatcher.c")
  list(APPEND isal_files "${crc}/crc64_base.c")
  list(FILTER isal_files EXCLUDE REGEX "_common(_[a-z0-9_]*)?[.]S$")
endif()
partsmith_archive(isal SOURCES "${crc}/crc_base.c" ${isal_files} INCLUDE "${sources}/libisal/include" "${crc}" "${crc}/aarch64"
  DEFINITIONS $<$<COMPILE_LANGUAGE:ASM>:__ASSEMBLY__> $<$<COMPILE_LANGUAGE:ASM_NASM>:AS_FEATURE_LEVEL=10>
    $<$<COMPILE_LANGUAGE:ASM_NASM>:HAVE_AS_KNOWS_AVX512> $<$<COMPILE_LANGUAGE:ASM_NASM>:HAVE_AS_KNOWS_SHANI>)

# The archives of rooms come as files, for as targets they would bring their libraries along.
add_executable(partsmith_alone EXCLUDE_FROM_ALL $<TARGET_OBJECTS:partsmith> "${PROJECT_SOURCE_DIR}/cli/alone/alone.cc")
get_property(rooms GLOBAL PROPERTY PARTSMITH_ROOMS)
list(APPEND rooms partsmith_http)
add_dependencies(partsmith_alone ${rooms})
list(TRANSFORM rooms REPLACE "(.+)" "$<TARGET_FILE:\\1>")
target_link_options(partsmith_alone PRIVATE -static-pie -Wl,--gc-sections -Wl,--build-id=none
  -Wl,-z,pack-relative-relocs ${PARTSMITH_ALONE_RUNTIME})
target_link_libraries(partsmith_alone PRIVATE partsmith_build_options partsmith_hardening
  -Wl,--start-group ${rooms} -Wl,--end-group
  partsmith_archive_fmt partsmith_archive_tinyxml2 partsmith_archive_httplib partsmith_archive_isal
  -lhiredis -lsqlite3 -lxxhash -lssl -lcrypto -lz -lm)
