# find_package(partsmith): the target partsmith::program, and a fixture for tests of CTest.
get_filename_component(_partsmith_root "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(partsmith_PROGRAM "${_partsmith_root}/libexec/partsmith/${CMAKE_HOST_SYSTEM_PROCESSOR}/partsmith")
if(NOT EXISTS "${partsmith_PROGRAM}")
  set(partsmith_FOUND FALSE)
  set(partsmith_NOT_FOUND_MESSAGE "partsmith has no program for ${CMAKE_HOST_SYSTEM_PROCESSOR}")
  return()
endif()
if(NOT TARGET partsmith::program)
  add_executable(partsmith::program IMPORTED)
  set_target_properties(partsmith::program PROPERTIES IMPORTED_LOCATION "${partsmith_PROGRAM}")
endif()

# partsmith_test(NAME t COMMAND c ARGS...): a test whose command finds an empty server of its own by AWS_ENDPOINT_URL_S3 and the
# keys beside it.
function(partsmith_test)
  cmake_parse_arguments(TEST "" "NAME" "COMMAND" ${ARGN})
  add_test(NAME ${TEST_NAME} COMMAND sh "${partsmith_WITH_SERVER}" "${partsmith_PROGRAM}" ${TEST_COMMAND})
endfunction()
set(partsmith_WITH_SERVER "${CMAKE_CURRENT_LIST_DIR}/with_server.sh")
