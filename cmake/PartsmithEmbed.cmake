# partsmith_embed(TARGET FILES...): the files become part of the program. FILES are relative to the current
# folder; TARGET gets a source that defines embedded_files() of that folder's embedded.h.
function(partsmith_embed TARGET)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${TARGET}_embedded.cc")
  set(script "${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake")
  list(JOIN ARGN "|" files)
  list(TRANSFORM ARGN PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/" OUTPUT_VARIABLE sources)
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}" "-DFILES=${files}" "-DOUTPUT=${output}" -P "${script}"
    DEPENDS ${sources} "${script}"
    VERBATIM)
  # Files are longer than the strings that C++ asks every compiler to have.
  set_source_files_properties("${output}" PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  target_sources(${TARGET} PRIVATE "${output}")
endfunction()
