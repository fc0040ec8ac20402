# partsmith_room(NAME SOURCES ... USES ... PRIVATE_USES ...)
#
# A room is a static library with its public headers under <room>/include/partsmith/<room>/ and its private ones
# beside its sources. USES are the targets whose types its public headers name; PRIVATE_USES stay inside.
include(CheckCXXCompilerFlag)

add_library(partsmith_build_options INTERFACE)
target_compile_features(partsmith_build_options INTERFACE cxx_std_23)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(partsmith_build_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Wimplicit-fallthrough
    # GCC 12 to 14, when they optimise, take the empty std::optional and std::expected for uninitialised.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-free-nonheap-object>
    $<$<BOOL:${PARTSMITH_WERROR}>:-Werror>)
endif()
if(PARTSMITH_SANITIZE)
  target_compile_options(partsmith_build_options INTERFACE
    -fsanitize=${PARTSMITH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(partsmith_build_options INTERFACE -fsanitize=${PARTSMITH_SANITIZE})
endif()

function(partsmith_room NAME)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
  add_library(partsmith_${NAME} STATIC ${ROOM_SOURCES})
  add_library(partsmith::${NAME} ALIAS partsmith_${NAME})
  target_compile_features(partsmith_${NAME} PUBLIC cxx_std_23)
  target_include_directories(partsmith_${NAME}
    PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/include"
    PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(partsmith_${NAME}
    PUBLIC ${ROOM_USES}
    PRIVATE $<BUILD_INTERFACE:partsmith_build_options> ${ROOM_PRIVATE_USES})
endfunction()
