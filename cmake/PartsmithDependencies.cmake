# Every library that partsmith links, found in one place. ARCHITECTURE.md says what each is for.
if(PARTSMITH_SOURCES)
  include(PartsmithSources)
  return()
endif()
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(SQLite3 3.40 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)

# Debian 12 ships no CMake package of tinyxml2 9; pkg-config knows it everywhere.
pkg_check_modules(tinyxml2 REQUIRED IMPORTED_TARGET tinyxml2)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)

# Debian 12 has only a .pc file for cpp-httplib; later distributions ship a CMake package. The flags of either
# change class layouts, so every file that includes the header must link partsmith_httplib.
add_library(partsmith_httplib INTERFACE)
find_package(httplib CONFIG QUIET)
if(httplib_FOUND)
  target_link_libraries(partsmith_httplib INTERFACE httplib::httplib)
else()
  pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
  target_link_libraries(partsmith_httplib INTERFACE PkgConfig::httplib)
endif()

if(PARTSMITH_BUILD_TESTS)
  find_package(Catch2 REQUIRED)  # 2.13 and 3.x both name the target Catch2::Catch2WithMain
  find_package(rapidcheck REQUIRED)
endif()
