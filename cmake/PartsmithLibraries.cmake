# The libraries inside partsmith::emulator. The build finds them here, and so does who links the installed emulator: the file
# is part of the package. Their targets are global, so that a project with this one inside can link it from any folder.
set(_partsmith_targets_global "${CMAKE_FIND_PACKAGE_TARGETS_GLOBAL}")
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(SQLite3 3.40 REQUIRED)
find_package(fmt REQUIRED)
find_package(PkgConfig REQUIRED)

# Debian 12 ships no CMake package of tinyxml2 9; pkg-config knows it everywhere.
pkg_check_modules(tinyxml2 REQUIRED IMPORTED_TARGET GLOBAL tinyxml2)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET GLOBAL libxxhash)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET GLOBAL libisal)

# Debian 12 has only a .pc file for cpp-httplib; later distributions ship a CMake package. The flags of either
# change class layouts, so every file that includes the header must link partsmith_httplib.
if(NOT TARGET partsmith_httplib)
  add_library(partsmith_httplib INTERFACE IMPORTED GLOBAL)
  find_package(httplib CONFIG QUIET)
  if(httplib_FOUND)
    target_link_libraries(partsmith_httplib INTERFACE httplib::httplib)
  else()
    pkg_check_modules(httplib REQUIRED IMPORTED_TARGET GLOBAL cpp-httplib)
    target_link_libraries(partsmith_httplib INTERFACE PkgConfig::httplib)
  endif()
endif()
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL "${_partsmith_targets_global}")
