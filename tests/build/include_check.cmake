# Preprocesses one #include of HEADER with the include folders listed in the file FOLDERS, and fails unless it is EXPECTed:
# "found", or "missing". Any other trouble of the compiler fails too.
cmake_minimum_required(VERSION 3.25)
file(STRINGS "${FOLDERS}" folders)
list(TRANSFORM folders PREPEND "-I")
file(WRITE "${SCRATCH}" "#include <${HEADER}>\n")
execute_process(COMMAND "${COMPILER}" -std=c++23 -E ${folders} "${SCRATCH}"
  OUTPUT_QUIET RESULT_VARIABLE status ERROR_VARIABLE errors)
if(status EQUAL 0)
  set(seen "found")
elseif(errors MATCHES "${HEADER}: No such file or directory|'${HEADER}' file not found")
  set(seen "missing")
else()
  set(seen "broken")
endif()
if(NOT seen STREQUAL EXPECT)
  list(JOIN folders "\n  " folders)
  message(FATAL_ERROR "<${HEADER}> is ${seen}, and should be ${EXPECT}, with\n  ${folders}\n${errors}")
endif()
