# Searches the sources under ROOT for includes of libraries outside the folders that they belong to, and for includes
# that climb out of their folder. EXPECT is "clean" or "trespass". With MAKE and LINE, ROOT is first made to hold only a
# file MAKE of that LINE.
cmake_minimum_required(VERSION 3.25)

if(MAKE)
  file(REMOVE_RECURSE "${ROOT}")
  file(WRITE "${ROOT}/${MAKE}" "${LINE}\n")
endif()

set(sources "")
foreach(folder values protocol storage server emulator client conformance gateway cli tests bench examples)
  file(GLOB_RECURSE found RELATIVE "${ROOT}" "${ROOT}/${folder}/*.cc" "${ROOT}/${folder}/*.h")
  list(APPEND sources ${found})
endforeach()
if(NOT sources)
  message(FATAL_ERROR "there are no sources under ${ROOT}")
endif()

set(trespasses "")

# Whatever includes WHAT has a path that matches WHERE: regular expressions.
function(only WHERE WHAT)
  foreach(source IN LISTS sources)
    file(STRINGS "${ROOT}/${source}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*${WHAT}")
    if(lines AND NOT source MATCHES "${WHERE}")
      list(APPEND trespasses "${source}: ${lines}")
    endif()
  endforeach()
  set(trespasses "${trespasses}" PARENT_SCOPE)
endfunction()

only("^server/http/" "<httplib\\.h>")
only("^(storage|tests/unit/storage)/" "<sqlite3\\.h>")
only("^(protocol|tests/unit/protocol)/" "<tinyxml2\\.h>")
only("^cli/" "<CLI/")
only("^client/[^/]*$" "<hiredis/")
only("^nowhere$" "\"\\.\\./")

# A public header shows no library to who includes it.
list(FILTER sources INCLUDE REGEX "/include/partsmith/")
only("^nowhere$" "<(httplib\\.h|sqlite3\\.h|tinyxml2\\.h|CLI/|nlohmann/|fmt/|hiredis/|openssl/|zlib\\.h|isa-l|xxhash\\.h)")

if(trespasses AND EXPECT STREQUAL "clean")
  list(JOIN trespasses "\n  " trespasses)
  message(FATAL_ERROR "includes where they don't belong:\n  ${trespasses}")
elseif(NOT trespasses AND EXPECT STREQUAL "trespass")
  message(FATAL_ERROR "no source was found to break a rule")
endif()
