# The libraries that partsmith links, built from their sources as part of the static program, under the names that
# PartsmithDependencies.cmake gives to those of the machine. packaging/static/libraries.txt pins them.
set(sources "${PARTSMITH_SOURCES}")
set(headers "${CMAKE_BINARY_DIR}/libraries/include")

# What makes a program that needs no library and says nothing of the machine that built it. A checked C++ library is
# what musl has no FORTIFY for.
set(partsmith_static_options -fPIE -fstack-protector-strong -ffunction-sections -fdata-sections
  "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=." "-ffile-prefix-map=${sources}=libraries" "-ffile-prefix-map=${CMAKE_BINARY_DIR}=build")
target_compile_options(partsmith_hardening INTERFACE ${partsmith_static_options}
  -U_LIBCPP_HARDENING_MODE -D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_FAST)
target_link_options(partsmith_hardening INTERFACE -static -pie -Wl,--gc-sections -s)

# partsmith_library(NAME SOURCES... INCLUDE folder): warnings in it are not ours to mend.
function(partsmith_library NAME)
  cmake_parse_arguments(LIBRARY "" "" "SOURCES;INCLUDE" ${ARGN})
  add_library(partsmith_source_${NAME} STATIC ${LIBRARY_SOURCES})
  target_include_directories(partsmith_source_${NAME} SYSTEM PUBLIC ${LIBRARY_INCLUDE})
  target_compile_options(partsmith_source_${NAME} PRIVATE "$<$<COMPILE_LANGUAGE:C,CXX>:-w;${partsmith_static_options}>")
endfunction()
function(partsmith_headers NAME)
  add_library(partsmith_source_${NAME} INTERFACE)
  target_include_directories(partsmith_source_${NAME} SYSTEM INTERFACE ${ARGN})
endfunction()

find_package(Threads REQUIRED)

# --- Headers alone
partsmith_headers(json "${sources}/nlohmann-json3/include")
add_library(nlohmann_json::nlohmann_json ALIAS partsmith_source_json)
partsmith_headers(cli11 "${sources}/cli11/include")
add_library(CLI11::CLI11 ALIAS partsmith_source_cli11)
partsmith_headers(httplib "${sources}/cpp-httplib")
add_library(partsmith_httplib ALIAS partsmith_source_httplib)

# --- C++
partsmith_library(fmt SOURCES "${sources}/fmtlib/src/format.cc" "${sources}/fmtlib/src/os.cc" INCLUDE "${sources}/fmtlib/include")
add_library(fmt::fmt ALIAS partsmith_source_fmt)
target_compile_features(partsmith_source_fmt PRIVATE cxx_std_20)
partsmith_library(tinyxml2 SOURCES "${sources}/tinyxml2/tinyxml2.cpp" INCLUDE "${sources}/tinyxml2")
target_compile_definitions(partsmith_source_tinyxml2 PRIVATE fseeko64=fseeko ftello64=ftello)  # musl has one size of files
add_library(PkgConfig::tinyxml2 ALIAS partsmith_source_tinyxml2)

# --- C
foreach(file adler32 compress crc32 deflate inffast inflate inftrees trees uncompr zutil)
  list(APPEND zlib_files "${sources}/zlib/${file}.c")
endforeach()
partsmith_library(zlib SOURCES ${zlib_files} INCLUDE "${sources}/zlib")
add_library(ZLIB::ZLIB ALIAS partsmith_source_zlib)

partsmith_library(xxhash SOURCES "${sources}/xxhash/xxhash.c" INCLUDE "${sources}/xxhash")
add_library(PkgConfig::xxhash ALIAS partsmith_source_xxhash)

foreach(file alloc hiredis net read sds)
  list(APPEND hiredis_files "${sources}/hiredis/${file}.c")
endforeach()
file(GLOB hiredis_headers "${sources}/hiredis/*.h")
file(COPY ${hiredis_headers} DESTINATION "${headers}/hiredis")
partsmith_library(hiredis SOURCES ${hiredis_files} INCLUDE "${headers}")
# A security fix made one callback's count a size_t and left its type's an int: g++ warns, clang refuses.
target_compile_options(partsmith_source_hiredis PRIVATE -Wno-incompatible-function-pointer-types)
add_library(PkgConfig::hiredis ALIAS partsmith_source_hiredis)

# Of ISA-L the CRCs, each in several forms of which the first call takes the best that the processor has.
file(GLOB isal_headers "${sources}/libisal/include/*.h")
file(COPY ${isal_headers} DESTINATION "${headers}/isa-l")
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
partsmith_library(isal SOURCES "${crc}/crc_base.c" ${isal_files} INCLUDE "${headers}")
target_include_directories(partsmith_source_isal PRIVATE "${sources}/libisal/include" "${crc}" "${crc}/aarch64")
target_compile_definitions(partsmith_source_isal PRIVATE
  $<$<COMPILE_LANGUAGE:ASM_NASM>:AS_FEATURE_LEVEL=10 HAVE_AS_KNOWS_AVX512 HAVE_AS_KNOWS_SHANI>)
add_library(PkgConfig::isal ALIAS partsmith_source_isal)

# SQLite's one file is made by its own makefile, for the machine that builds. Settings as Debian has them, where the
# store could notice; nothing can be loaded into a static program.
set(sqlite "${CMAKE_BINARY_DIR}/libraries/sqlite")
add_custom_command(OUTPUT "${sqlite}/sqlite3.c" "${sqlite}/sqlite3.h"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${sqlite}"
  COMMAND "${CMAKE_COMMAND}" -E chdir "${sqlite}" "${CMAKE_COMMAND}" -E env CC=cc sh "${sources}/sqlite3/configure" --disable-tcl --quiet
  COMMAND make -C "${sqlite}" sqlite3.c
  DEPENDS "${sources}/sqlite3.fetched" VERBATIM)
partsmith_library(sqlite SOURCES "${sqlite}/sqlite3.c" INCLUDE "${sqlite}")
target_compile_definitions(partsmith_source_sqlite PRIVATE
  SQLITE_THREADSAFE=1 SQLITE_OMIT_LOAD_EXTENSION SQLITE_SECURE_DELETE SQLITE_OMIT_LOOKASIDE=1 SQLITE_LIKE_DOESNT_MATCH_BLOBS
  SQLITE_MAX_SCHEMA_RETRY=25 SQLITE_MAX_VARIABLE_NUMBER=250000 HAVE_USLEEP=1 HAVE_FDATASYNC=1)
target_link_libraries(partsmith_source_sqlite PUBLIC Threads::Threads)
add_custom_target(partsmith_sqlite_headers DEPENDS "${sqlite}/sqlite3.h")
add_dependencies(partsmith_source_sqlite partsmith_sqlite_headers)
add_library(SQLite::SQLite3 ALIAS partsmith_source_sqlite)

# OpenSSL by its own makefile, with what TLS 1.2 and 1.3, digests and AES need. It looks for trusted certificates in
# /etc/ssl, and reads no configuration of the machine, which could ask for what isn't inside.
set(openssl "${CMAKE_BINARY_DIR}/libraries/openssl")
file(MAKE_DIRECTORY "${openssl}/include")
add_custom_command(OUTPUT "${openssl}/libssl.a" "${openssl}/libcrypto.a"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${openssl}"
  COMMAND "${CMAKE_COMMAND}" -E chdir "${openssl}" "${CMAKE_COMMAND}" -E env
    "CC=${CMAKE_C_COMPILER}" "AR=${CMAKE_AR}" "RANLIB=${CMAKE_RANLIB}"
    "CFLAGS=-O2 -fPIC -fstack-protector-strong -ffile-prefix-map=${sources}=. -ffile-prefix-map=${openssl}=."
    perl "${sources}/openssl/Configure" linux-${CMAKE_SYSTEM_PROCESSOR} --openssldir=/etc/ssl --prefix=/usr
    no-shared no-module no-dso no-engine no-async no-autoload-config no-tests no-legacy no-ui-console
    no-aria no-bf no-camellia no-cast no-cmp no-cms no-comp no-ct no-des no-dgram no-dsa no-ec2m no-gost no-idea no-md4
    no-mdc2 no-ocb no-psk no-rc2 no-rc4 no-rmd160 no-scrypt no-seed no-siphash no-siv no-sm2 no-sm3 no-sm4 no-srp no-srtp
    no-ssl3 no-tls1 no-tls1_1 no-ts no-whirlpool
  COMMAND "${CMAKE_COMMAND}" -E env SOURCE_DATE_EPOCH=0 make -C "${openssl}" -j2 build_libs
  DEPENDS "${sources}/openssl.fetched" VERBATIM)
add_custom_target(partsmith_openssl DEPENDS "${openssl}/libssl.a" "${openssl}/libcrypto.a")
foreach(name Crypto SSL)
  add_library(OpenSSL::${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(OpenSSL::${name} SYSTEM INTERFACE "${openssl}/include" "${sources}/openssl/include")
  add_dependencies(OpenSSL::${name} partsmith_openssl)
endforeach()
target_link_libraries(OpenSSL::Crypto INTERFACE "${openssl}/libcrypto.a" Threads::Threads)
target_link_libraries(OpenSSL::SSL INTERFACE "${openssl}/libssl.a" OpenSSL::Crypto)
