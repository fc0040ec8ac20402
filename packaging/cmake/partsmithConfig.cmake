# find_package(partsmith [COMPONENTS program emulator]): these, or without names whatever of them is installed here.
#   program   the target partsmith::program, and partsmith_test(), a fixture for tests of CTest
#   emulator  the target partsmith::emulator: a server in the process of a C++ test, <partsmith/emulator.h>

# --- The program: one for each processor, or the one that was built here.
foreach(_partsmith_up "../../.." "../../../..")  # LIBDIR may have a folder for the processor
  get_filename_component(_partsmith_root "${CMAKE_CURRENT_LIST_DIR}/${_partsmith_up}" ABSOLUTE)
  foreach(_partsmith_at "libexec/partsmith/${CMAKE_HOST_SYSTEM_PROCESSOR}" "bin")
    if(NOT partsmith_PROGRAM AND EXISTS "${_partsmith_root}/${_partsmith_at}/partsmith")
      set(partsmith_PROGRAM "${_partsmith_root}/${_partsmith_at}/partsmith")
    endif()
  endforeach()
endforeach()
if(partsmith_PROGRAM)
  set(partsmith_program_FOUND TRUE)
  if(NOT TARGET partsmith::program)
    add_executable(partsmith::program IMPORTED)
    set_target_properties(partsmith::program PROPERTIES IMPORTED_LOCATION "${partsmith_PROGRAM}")
  endif()
endif()

# partsmith_test(NAME t COMMAND c ARGS...): a test whose command finds an empty server of its own by AWS_ENDPOINT_URL_S3 and the
# keys beside it.
function(partsmith_test)
  cmake_parse_arguments(TEST "" "NAME" "COMMAND" ${ARGN})
  add_test(NAME ${TEST_NAME} COMMAND sh "${partsmith_WITH_SERVER}" "${partsmith_PROGRAM}" ${TEST_COMMAND})
endfunction()
set(partsmith_WITH_SERVER "${CMAKE_CURRENT_LIST_DIR}/with_server.sh")

# --- The emulator, with the libraries that it was built with.
if(EXISTS "${CMAKE_CURRENT_LIST_DIR}/partsmithEmulator.cmake"
   AND (NOT partsmith_FIND_COMPONENTS OR "emulator" IN_LIST partsmith_FIND_COMPONENTS))
  include("${CMAKE_CURRENT_LIST_DIR}/PartsmithLibraries.cmake")
  include("${CMAKE_CURRENT_LIST_DIR}/partsmithEmulator.cmake")
  set(partsmith_emulator_FOUND TRUE)
endif()

set(_partsmith_missing "")
foreach(_partsmith_component IN LISTS partsmith_FIND_COMPONENTS)
  if(partsmith_FIND_REQUIRED_${_partsmith_component} AND NOT partsmith_${_partsmith_component}_FOUND)
    list(APPEND _partsmith_missing "${_partsmith_component}")
  endif()
endforeach()
if(NOT partsmith_FIND_COMPONENTS AND NOT partsmith_program_FOUND AND NOT partsmith_emulator_FOUND)
  set(_partsmith_missing "program for ${CMAKE_HOST_SYSTEM_PROCESSOR}")
endif()
if(_partsmith_missing)
  set(partsmith_FOUND FALSE)
  set(partsmith_NOT_FOUND_MESSAGE "this partsmith has no ${_partsmith_missing}")
endif()
