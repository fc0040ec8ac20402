# partsmith_embed(TARGET FILES...): the files become part of the program, compressed. FILES are relative to the current
# folder; TARGET gets a source that defines embedded_files() of that folder's embedded.h.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(partsmith_embed TARGET)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${TARGET}_embedded.cc")
  set(script "${PROJECT_SOURCE_DIR}/cmake/embed_files.py")
  list(TRANSFORM ARGN PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/" OUTPUT_VARIABLE sources)
  add_custom_command(OUTPUT "${output}"
    COMMAND Python3::Interpreter "${script}" "${CMAKE_CURRENT_SOURCE_DIR}" "${output}" ${ARGN}
    DEPENDS ${sources} "${script}"
    VERBATIM)
  target_sources(${TARGET} PRIVATE "${output}")
endfunction()
