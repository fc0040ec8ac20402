# Every library that partsmith links, found in one place. ARCHITECTURE.md says what each is for.
include(PartsmithLibraries)
find_package(nlohmann_json REQUIRED)
if(PARTSMITH_BUILD_PROGRAM)
  find_package(CLI11 REQUIRED)
  find_package(ZLIB REQUIRED)
  pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
endif()

if(PARTSMITH_BUILD_TESTS)
  find_package(Catch2 REQUIRED)  # 2.13 and 3.x both name the target Catch2::Catch2WithMain
  find_package(rapidcheck REQUIRED)
endif()
