# The compiler of the program that runs on any Linux: packaging/static/install_compiler put it into build/package/compiler.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR "${PARTSMITH_ARCHITECTURE}")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PARTSMITH_ARCHITECTURE)
# A trial that is linked would take minutes where musl and libc++ haven't been compiled yet.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(compiler "${CMAKE_CURRENT_LIST_DIR}/../../build/package/compiler/bin")
set(CMAKE_C_COMPILER "${compiler}/${PARTSMITH_ARCHITECTURE}-clang")
set(CMAKE_CXX_COMPILER "${compiler}/${PARTSMITH_ARCHITECTURE}-clang++")
set(CMAKE_ASM_COMPILER "${compiler}/${PARTSMITH_ARCHITECTURE}-clang")
set(CMAKE_AR "${compiler}/ar" CACHE FILEPATH "")
set(CMAKE_RANLIB "${compiler}/ranlib" CACHE FILEPATH "")
# Everything comes from sources (PartsmithSources.cmake): nothing of this machine is right for the program.
set(CMAKE_FIND_ROOT_PATH "${CMAKE_CURRENT_LIST_DIR}/nowhere")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
