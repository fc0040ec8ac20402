# partsmith_test(NAME SOURCES ... USES ...): one Catch2 program; each of its test cases is a test of its own in ctest.
include(Catch)

function(partsmith_test NAME)
  cmake_parse_arguments(TEST "" "" "SOURCES;USES" ${ARGN})
  add_executable(partsmith_test_${NAME} ${TEST_SOURCES})
  target_include_directories(partsmith_test_${NAME} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support")
  target_link_libraries(partsmith_test_${NAME} PRIVATE
    partsmith_build_options Catch2::Catch2WithMain ${TEST_USES})
  # Tests are built to be built: their own speed doesn't matter, and Catch2's header is most of each file.
  target_compile_options(partsmith_test_${NAME} PRIVATE -O0)
  target_precompile_headers(partsmith_test_${NAME} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support/catch.h" "${PROJECT_SOURCE_DIR}/cmake/standard.h")
  catch_discover_tests(partsmith_test_${NAME} TEST_PREFIX "${NAME}: " PROPERTIES LABELS ${NAME} TIMEOUT 300)
endfunction()
